/** Puts executions at the head of the list as they happen, unless the user has paused that. */
import { part } from '../../../alpine.js'
import { listenLive } from '../../../api/events.js'
import type { Execution } from '../../../api/types.js'
import { belongs } from './filters.js'
import type { ExecutionsLoading } from './loading.js'
import type { ExecutionsSession, ExecutionsState } from './state.js'

export const createLiveUpdates = (session: ExecutionsSession) =>
  part<ExecutionsState & ExecutionsLoading>()({
    /** Returns the function that ends listening. */
    listen(): () => void {
      return listenLive(session.functionId, {
        onExecution: execution => this.addArrival(execution),
        onSkipped: () => {
          if (!this.paused) this.load()
        },
        onState: isConnected => {
          this.onConnection(isConnected)
        }
      })
    },

    /** The list is live once it also has what happened before the connection. */
    async onConnection(isConnected: boolean) {
      session.isConnected = isConnected
      if (isConnected && !this.paused) await this.load()
      this.live = session.isConnected
    },

    addArrival(execution: Execution) {
      session.arrivals?.push(execution)
      const index = this.rows.findIndex(row => row.id === execution.id)
      if (index >= 0) {
        this.rows[index] = { ...execution, fresh: true }
        return
      }
      if (!belongs(execution, this.query(), this.range)) return
      if (this.paused) {
        this.waiting++
        return
      }
      this.rows = [{ ...execution, fresh: true }, ...this.rows]
      this.total++
    },

    togglePause() {
      this.paused = !this.paused
      if (!this.paused) this.load()
    }
  })
