/** Executions as they happen, over server-sent events. The browser reconnects by itself. */
import { toBrowserPath } from '../base-path.js'
import type { Execution } from './types.js'

export interface LiveListener {
  onExecution: (execution: Execution) => void
  /** So many came faster than the server sends them. */
  onSkipped: () => void
  onState: (connected: boolean) => void
}

/** Listens until the returned function is called. */
export function listenLive(functionId: string, listener: LiveListener): () => void {
  const path = `/api/events?function_id=${encodeURIComponent(functionId)}`
  const source = new EventSource(toBrowserPath(path))
  source.addEventListener('open', () => listener.onState(true))
  source.addEventListener('error', () => listener.onState(false))
  source.addEventListener('execution', event =>
    listener.onExecution(JSON.parse((event as MessageEvent<string>).data) as Execution)
  )
  source.addEventListener('skipped', () => listener.onSkipped())
  return () => source.close()
}
