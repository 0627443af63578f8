/** What happens on a server and rules have to know of, in a form that another server can be told. */
import type { AlertBook } from './alert-book.js'
import type { Trouble } from './rule-watch.js'

export type AlertNotice =
  /** Something that rules count. */
  | { readonly kind: 'failure' | 'job_dead' | 'queue_full'; readonly trouble: Trouble }
  /** A job that called the function of an alert has ended; with an error, or well. */
  | { readonly kind: 'alert_job'; readonly jobId: string; readonly error?: string | undefined }

export function applyNotice(book: AlertBook, notice: AlertNotice): void {
  if (notice.kind !== 'alert_job') return book.note(notice.kind, notice.trouble)
  const watch = book.list().find(({ state }) => state.jobId === notice.jobId)
  if (watch === undefined) return
  book.noteDelivery({ alertId: watch.id, error: notice.error, jobId: undefined })
}
