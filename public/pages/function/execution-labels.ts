/** Words and colours for executions. */
import type { ExecutionStatus } from '../../api/types.js'
import type { TextKey } from '../../i18n/locale.js'
import { t } from '../../i18n/locale.js'

interface Ended {
  status: ExecutionStatus
  status_code?: number | undefined
}

/** An answer of 400 and more was given on purpose; only what gave no answer has failed. */
export const dotOf = ({ status, status_code: code }: Ended): string =>
  status === 'error' && code !== undefined
    ? 'is-warning'
    : { success: 'is-success', error: 'is-danger', pending: 'is-pending' }[status]

/** The code that the function answered with, or how the run stands. */
export const outcomeText = ({ status, status_code: code }: Ended): string =>
  code === undefined ? t(`status.${status}`) : String(code)

const named: readonly string[] = ['http', 'cron', 'rerun', 'draft', 'function', 'job', 'alert']
/** A trigger of a plugin is called what the plugin calls it. */
export const triggerName = (trigger: string): string =>
  named.includes(trigger) ? t(`triggers.${trigger}` as TextKey) : trigger
