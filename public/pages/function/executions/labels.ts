/** The texts of the list. */
import { part } from '../../../alpine.js'
import type { Execution } from '../../../api/types.js'
import { t, tn } from '../../../i18n/locale.js'
import { dotOf, outcomeText, triggerName } from '../execution-labels.js'
import { requestText } from '../request-text.js'
import type { ExecutionsState } from './state.js'

export const createListLabels = () =>
  part<ExecutionsState>()({
    dot: dotOf,
    outcome: outcomeText,
    request: requestText,
    trigger: triggerName,
    headline: (row: Execution) => row.error?.message ?? row.error_message?.split('\n')[0] ?? '',

    filtered() {
      return this.range !== 'all' || Object.values(this.filters).some(value => value !== '')
    },

    liveText() {
      if (!this.paused) return t(this.live ? 'executions.live' : 'executions.connecting')
      return this.waiting > 0 ? tn('executions.waiting', this.waiting) : t('executions.paused')
    },

    totalText() {
      return tn(this.partial ? 'executions.found' : 'executions.total', this.total)
    },

    emptyText() {
      if (this.partial) return t('executions.nothingYet')
      return t(this.filtered() ? 'executions.nothingFound' : 'executions.empty')
    }
  })
