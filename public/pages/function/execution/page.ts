/** One execution with everything that is kept of it. */
import { component } from '../../../alpine.js'
import { getExecution, getHttpRequests, getLogs, rerun } from '../../../api/executions.js'
import type { Execution, HttpRequest, LogEntry } from '../../../api/types.js'
import { prettyJson } from '../../../format/json-layout.js'
import { parseErrorText } from '../../../format/error-text.js'
import { t, tn } from '../../../i18n/locale.js'
import { busily, loading, track } from '../../../shell/loading.js'
import { go, keepInAddress, readAddress, route } from '../../../shell/router.js'
import { functionPath } from '../../../shell/routes.js'
import { fail, succeed } from '../../../shell/toasts.js'
import { current } from '../../function.js'
import { downloadLogs, fetchLogs, findLogs, logPage } from './logs.js'
import { listAddress } from '../executions/list-place.js'
import { noKept, toKeptAnswer, toKeptEvent } from './kept.js'
import { dotOf, outcomeText, requestText, triggerName } from '../execution-labels.js'
import type { Outgoing } from './outgoing.js'
import { listOutgoing } from './outgoing.js'

const levels = ['all', 'debug', 'info', 'warn', 'error'] as const
/** What is still running is asked for again until it is done. */
const pendingMs = 1_000

function readLogFilter() {
  const { level, search } = readAddress('level', 'search')
  return { level: levels.find(known => known === level) ?? 'all', search }
}

component('execution', () => {
  let timer: ReturnType<typeof setTimeout> | undefined
  let id = route.detail
  return {
    ...loading(),
    busy: false,
    run: {} as Partial<Execution>,
    outcome: { error: parseErrorText('') },
    event: noKept(),
    answer: noKept(),
    logs: [] as LogEntry[],
    logTotal: 0,
    ...readLogFilter(),
    levels,
    loadingLogs: false,
    requests: [] as Outgoing[],
    http: [] as HttpRequest[],
    httpLeftOut: 0,
    dot: dotOf,
    request: requestText,
    listAddress: listAddress(current.fn.id),
    trigger: triggerName,

    init() {
      scrollTo(0, 0)
      this.load().then(() => {
        if (this.search !== '') this.searchLogs()
      })
      this.$watch('$store.route.detail', () => {
        if (route.detail === '') return
        id = route.detail
        this.status = 'loading'
        clearTimeout(timer)
        this.load()
      })
    },
    destroy() {
      clearTimeout(timer)
    },

    load(): Promise<void> {
      const asked = () =>
        Promise.all([
          getExecution(id),
          getLogs(id, { limit: logPage, offset: 0 }),
          listOutgoing(id),
          getHttpRequests(id)
        ])
      return track(
        this,
        asked,
        ([run, { logs, pagination }, requests, { http_requests: http, left_out: httpLeftOut }]) => {
          Object.assign(this, {
            run,
            logs: logs ?? [],
            logTotal: pagination.total,
            requests,
            http: http ?? [],
            httpLeftOut,
            outcome: { error: parseErrorText(run.error_message ?? '') },
            event: toKeptEvent(run.event_json),
            answer: toKeptAnswer(run.response_json)
          })
          clearTimeout(timer)
          if (run.status === 'pending') {
            timer = setTimeout(() => {
              this.load()
            }, pendingMs)
          }
        }
      )
    },

    leftOutText() {
      return tn('execution.httpLeftOut', this.httpLeftOut)
    },

    /** False: they could not be fetched, which the reader is told. */
    async allLogs(): Promise<boolean> {
      const of = id
      if (this.logs.length >= this.logTotal) return true
      this.loadingLogs = true
      try {
        const rest = await fetchLogs(of, this.logs.length, this.logTotal)
        if (of === id) this.logs = [...this.logs, ...rest]
        return of === id
      } catch (error) {
        fail(error)
        return false
      } finally {
        this.loadingLogs = false
      }
    },

    chooseLevel(level: (typeof levels)[number]) {
      this.level = level
      this.keepFilter()
    },

    /** A search looks through all lines, not only those that are shown. */
    async searchLogs() {
      this.keepFilter()
      if (this.search !== '') await this.allLogs()
    },

    keepFilter() {
      keepInAddress({ level: this.level === 'all' ? '' : this.level, search: this.search })
    },
    shownLogs() {
      return findLogs(this.logs, this.level, this.search)
    },

    async download() {
      if (await this.allLogs()) downloadLogs(id, this.logs)
    },
    pretty: (json: string | undefined) => (json === undefined ? '' : (prettyJson(json) ?? json)),

    /** The line that failed: in the editor, or in its version when that is not the active one any more. */
    codeAddress() {
      const { error, version } = this.run
      const line = error?.line === undefined ? '' : String(error.line)
      const isActive = version === undefined || version === current.fn.active_version.version
      const query = new URLSearchParams({
        ...(isActive ? {} : { view: String(version) }),
        ...(line === '' ? {} : { line })
      })
      return `${functionPath(current.fn.id, isActive ? 'code' : 'versions')}${query.size === 0 ? '' : `?${query}`}`
    },

    /** What came of the run; an answer of 400 and more says so beside its code. */
    result() {
      const { status, status_code: code } = this.run
      if (status === undefined) return ''
      const said = outcomeText({ status, ...(code === undefined ? {} : { status_code: code }) })
      return status === 'error' && code !== undefined
        ? t('execution.answeredWith', { code: said })
        : said
    },

    runAgain() {
      return busily(
        this,
        async () => {
          const { execution_id: next } = await rerun(id)
          succeed(t('execution.ranAgain'))
          await go(functionPath(current.fn.id, 'executions', next))
          document.getElementById('execution-title')?.focus({ preventScroll: true })
        },
        fail
      )
    }
  }
})
