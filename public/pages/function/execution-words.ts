/** Words and colours for executions. */
import type { ExecutionStatus } from '../../api/types.js'
import type { TextKey } from '../../i18n/locale.js'
import { t } from '../../i18n/locale.js'

export const dotOf = (status: ExecutionStatus): string => ({ success: 'is-success', error: 'is-danger', pending: 'is-pending' }[status])

const named: readonly string[] = ['http', 'cron', 'rerun', 'draft']
/** A trigger of a plugin is called what the plugin calls it. */
export const triggerName = (trigger: string): string => named.includes(trigger) ? t(`triggers.${trigger}` as TextKey) : trigger
