/** Short news at the edge of the page, read out by screen readers. */
import { store } from '../alpine.js'
import { Failure } from '../api/failure.js'
import { t } from '../i18n/locale.js'

interface Toast {
  id: number
  kind: 'success' | 'danger'
  text: string
  detail: string
}

const stayMs = 5_000
let last = 0

const toasts = store('toasts', {
  list: [] as Toast[],
  dismiss(id: number) {
    this.list = this.list.filter(toast => toast.id !== id)
  }
})

function show(kind: Toast['kind'], text: string, detail = ''): void {
  const id = ++last
  toasts.list = [...toasts.list.slice(-3), { id, kind, text, detail }]
  // What went wrong stays until it is dismissed: it may have to be copied.
  if (kind === 'success') setTimeout(() => toasts.dismiss(id), stayMs)
}

export const succeed = (text: string): void => show('success', text)

/** Shows what went wrong; a session that ended has its own page. */
export function fail(error: unknown): void {
  if (error instanceof Failure && error.status === 401) return
  const { text, detail } = describeError(error)
  show('danger', text, detail)
}

/** The words for an error, and the request id to quote when asking for help. */
export function describeError(error: unknown): { text: string; detail: string } {
  if (!(error instanceof Failure)) {
    return {
      text: t('errors.unexpected', {
        message: error instanceof Error ? error.message : String(error)
      }),
      detail: ''
    }
  }
  return {
    text: error.message,
    detail: error.requestId === undefined ? '' : t('errors.requestId', { id: error.requestId })
  }
}
