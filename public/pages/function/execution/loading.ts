/** Loads an execution with all that is kept of it, again and again while it is running. */
import { part } from '../../../alpine.js'
import { getExecution, getHttpRequests, getLogs } from '../../../api/executions.js'
import { parseErrorText } from '../../../format/error-text.js'
import { loadInto } from '../../../shell/loading.js'
import { toKeptEvent, toKeptResponse } from './kept.js'
import { LOG_PAGE_SIZE } from './logs.js'
import { listOutgoing } from './outgoing.js'
import type { ExecutionState } from './state.js'

const PENDING_INTERVAL_MS = 1_000

async function fetchAll(id: string) {
  const [run, logs, outgoing, http] = await Promise.all([
    getExecution(id),
    getLogs(id, { limit: LOG_PAGE_SIZE, offset: 0 }),
    listOutgoing(id),
    getHttpRequests(id)
  ])
  return {
    run,
    logs: logs.logs ?? [],
    logTotal: logs.pagination.total,
    outgoing,
    http: http.http_requests ?? [],
    httpLeftOut: http.left_out,
    outcome: { error: parseErrorText(run.error_message ?? '') },
    event: toKeptEvent(run.event_json),
    response: toKeptResponse(run.response_json)
  }
}

export function createExecutionLoading() {
  let timer: ReturnType<typeof setTimeout> | undefined
  return part<ExecutionState>()({
    load(): Promise<void> {
      return loadInto(
        this,
        () => fetchAll(this.id),
        loaded => {
          Object.assign(this, loaded)
          if (loaded.run.status === 'pending') this.loadSoon()
          else this.stopLoading()
        }
      )
    },

    loadSoon() {
      clearTimeout(timer)
      timer = setTimeout(() => {
        this.load()
      }, PENDING_INTERVAL_MS)
    },

    stopLoading() {
      clearTimeout(timer)
    }
  })
}
