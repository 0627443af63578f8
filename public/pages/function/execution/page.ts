/** One execution with everything that is kept of it. */
import { component } from '../../../alpine.js'
import { rerun } from '../../../api/executions.js'
import { prettyJson } from '../../../format/json-layout.js'
import { t, tn } from '../../../i18n/locale.js'
import { withBusy } from '../../../shell/loading.js'
import { navigate, route } from '../../../shell/router.js'
import { functionPath, modulePath } from '../../../shell/routes.js'
import { fail, succeed } from '../../../shell/toasts.js'
import { current } from '../../function.js'
import { dotOf, outcomeText, triggerName } from '../execution-labels.js'
import { requestText } from '../request-text.js'
import { createExecutionLoading } from './loading.js'
import { createLogView } from './log-view.js'
import { createExecutionState } from './state.js'

/** The line of a shared module; of one that the active version does not require itself, the list leads on. */
function moduleAddress(name: string, line: number | undefined): string {
  const id = current.fn.requires?.find(required => required.name === name)?.id
  if (id === undefined) return `/modules?search=${encodeURIComponent(name)}`
  return `${modulePath(id)}${line === undefined ? '' : `?line=${line}`}`
}

component('execution', () => ({
  ...createExecutionState(),
  ...createExecutionLoading(),
  ...createLogView(),
  dot: dotOf,
  request: requestText,
  trigger: triggerName,
  pretty: (json: string | undefined) => (json === undefined ? '' : (prettyJson(json) ?? json)),

  init() {
    scrollTo(0, 0)
    this.load().then(() => {
      if (this.search !== '') this.searchLogs()
    })
    this.$watch('$store.route.detail', () => {
      if (route.detail !== '') this.show(route.detail)
    })
  },
  destroy() {
    this.stopLoading()
  },

  /** Another execution takes the place of this one. */
  show(id: string) {
    this.id = id
    this.status = 'loading'
    this.stopLoading()
    this.load()
  },

  leftOutText() {
    return tn('execution.httpLeftOut', this.httpLeftOut)
  },

  /** The line that failed: in the editor, or in its version when another one is active by now. */
  codeAddress() {
    const { error, version } = this.run
    if (error?.module !== undefined) return moduleAddress(error.module, error.line)
    const line = error?.line === undefined ? '' : String(error.line)
    const isActive = version === undefined || version === current.fn.active_version.version
    const query = new URLSearchParams({
      ...(isActive ? {} : { view: String(version) }),
      ...(line === '' ? {} : { line })
    })
    const path = functionPath(current.fn.id, isActive ? 'code' : 'versions')
    return query.size === 0 ? path : `${path}?${query}`
  },

  /** The outcome; a response of 400 and more is said to be the function's own. */
  result() {
    const { status, status_code: code } = this.run
    if (status === undefined) return ''
    if (code === undefined) return outcomeText({ status })
    return status === 'error'
      ? t('execution.answeredWith', { code })
      : outcomeText({ status, status_code: code })
  },

  runAgain() {
    const work = async (): Promise<void> => {
      const { execution_id: next } = await rerun(this.id)
      succeed(t('execution.ranAgain'))
      await navigate(functionPath(current.fn.id, 'executions', next))
      document.getElementById('execution-title')?.focus({ preventScroll: true })
    }
    return withBusy(this, work, fail)
  }
}))
