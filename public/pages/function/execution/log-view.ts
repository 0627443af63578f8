/** The log lines of the execution: narrowed by level and text, fetched whole, taken along as a file. */
import { part } from '../../../alpine.js'
import { keepInAddress } from '../../../shell/router.js'
import { fail } from '../../../shell/toasts.js'
import { downloadLogs, fetchLogs, findLogs } from './logs.js'
import type { ExecutionState, Level } from './state.js'

export const createLogView = () =>
  part<ExecutionState>()({
    /** False: they could not be fetched, which a toast says, or belong to another execution by now. */
    async allLogs(): Promise<boolean> {
      const { id } = this
      if (this.logs.length >= this.logTotal) return true
      this.loadingLogs = true
      try {
        const rest = await fetchLogs(id, this.logs.length, this.logTotal)
        const isCurrent = id === this.id
        if (isCurrent) this.logs = [...this.logs, ...rest]
        return isCurrent
      } catch (error) {
        fail(error)
        return false
      } finally {
        this.loadingLogs = false
      }
    },

    chooseLevel(level: Level) {
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
      if (await this.allLogs()) downloadLogs(this.id, this.logs)
    }
  })
