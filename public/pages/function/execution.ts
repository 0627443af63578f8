/** One execution with everything that is kept of it. */
import { component } from '../../alpine.js'
import { getExecution, getHttpRequests, getLogs, rerun } from '../../api/executions.js'
import type { Execution, HttpRequest, LogEntry } from '../../api/types.js'
import { prettyJson } from '../../format/json-layout.js'
import { parseErrorText } from '../../format/error-text.js'
import { t, tn } from '../../i18n/locale.js'
import { busily, loading, track } from '../../shell/loading.js'
import { go, keepInAddress, readAddress, route } from '../../shell/router.js'
import { functionPath } from '../../shell/routes.js'
import { fail, succeed } from '../../shell/toasts.js'
import { current } from '../function.js'
import { listAddress } from './execution-list-address.js'
import { noKept, toKeptAnswer, toKeptEvent } from './kept.js'
import { dotOf, outcomeText, requestText, triggerName } from './execution-words.js'
import type { Outgoing } from './outgoing.js'
import { listOutgoing } from './outgoing.js'

const logPage = 100
const levels = ['all', 'debug', 'info', 'warn', 'error'] as const
/** What is still running is asked for again until it is done. */
const pendingMs = 1_000

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
    level: levels.find(level => level === readAddress('level').level) ?? 'all',
    levels,
    requests: [] as Outgoing[],
    http: [] as HttpRequest[],
    httpLeftOut: 0,
    dot: dotOf,
    request: requestText,
    listAddress: listAddress(current.fn.id),
    trigger: triggerName,

    init () {
      this.load()
      this.$watch('$store.route.detail', () => {
        if (route.detail === '') return
        id = route.detail
        this.status = 'loading'
        clearTimeout(timer)
        this.load()
      })
    },
    destroy () { clearTimeout(timer) },

    load (): Promise<void> {
      const asked = () => Promise.all([getExecution(id), getLogs(id, { limit: logPage, offset: 0 }), listOutgoing(id), getHttpRequests(id)])
      return track(this, asked, ([run, { logs, pagination }, requests, { http_requests: http, left_out: httpLeftOut }]) => {
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
        if (run.status === 'pending') timer = setTimeout(() => { this.load() }, pendingMs)
      })
    },

    leftOutText () { return tn('execution.httpLeftOut', this.httpLeftOut) },

    async moreLogs () {
      try {
        const { logs } = await getLogs(id, { limit: logPage, offset: this.logs.length })
        this.logs = [...this.logs, ...logs ?? []]
      } catch (error) {
        fail(error)
      }
    },

    chooseLevel (level: typeof levels[number]) {
      this.level = level
      keepInAddress({ level: level === 'all' ? '' : level })
    },

    shownLogs () { return this.level === 'all' ? this.logs : this.logs.filter(entry => entry.level === this.level) },
    pretty: (json: string | undefined) => json === undefined ? '' : prettyJson(json) ?? json,

    /** What came of the run; an answer of 400 and more says so beside its code. */
    result () {
      const { status, status_code: code } = this.run
      if (status === undefined) return ''
      const said = outcomeText({ status, ...(code === undefined ? {} : { status_code: code }) })
      return status === 'error' && code !== undefined ? t('execution.answeredWith', { code: said }) : said
    },

    runAgain () {
      return busily(this, async () => {
        const { execution_id: next } = await rerun(id)
        succeed(t('execution.ranAgain'))
        await go(functionPath(current.fn.id, 'executions', next))
      }, fail)
    }
  }
})
