/** Words and colours for jobs. */
import type { Job } from '../../api/jobs.js'
import type { JobStatus } from '../../api/lists.js'
import { format } from '../../format/values.js'
import { t, type TextKey } from '../../i18n/locale.js'

const dots: Readonly<Record<JobStatus, string>> = {
  queued: '',
  waiting: 'is-warning',
  running: 'is-pending',
  succeeded: 'is-success',
  dead: 'is-danger',
  cancelled: ''
}
export const dotOfJob = ({ status }: Pick<Job, 'status'>): string => dots[status]

export const statusText = ({ status }: Pick<Job, 'status'>): string => t(`jobs.status_${status}`)

const reasons: readonly string[] = ['attempts', 'status', 'gave_up', 'no_version', 'unreadable']
/** Why it is dead, or what was wrong with its newest attempt. */
export function whyText({ reason, error }: Pick<Job, 'reason' | 'error'>): string {
  const why =
    reason !== undefined && reasons.includes(reason) ? t(`jobs.reason_${reason}` as TextKey) : ''
  return [why, error].filter(Boolean).join(' · ')
}

export const attemptText = ({ attempt, max_attempts: max }: Job): string =>
  t('jobs.attemptOf', { attempt: format.number(attempt), max: format.number(max) })

/** When it ended, or when it goes on. */
export function whenText({
  status,
  due_at: due,
  started_at: begun,
  finished_at: end
}: Job): string {
  if (end !== undefined) return t('jobs.ended', { when: format.relative(end) })
  if (status === 'running' && begun !== undefined) {
    return t('jobs.begun', { when: format.relative(begun) })
  }
  return t('jobs.due', { when: format.relative(due) })
}

export const isFinished = ({ status }: Pick<Job, 'status'>): boolean =>
  ['dead', 'succeeded', 'cancelled'].includes(status)
