/** Executions as they happen, over server-sent events. The browser reconnects by itself. */
import type { Execution } from './types.js'

export interface LiveListener {
  onExecution: (execution: Execution) => void
  /** So many came faster than the server sends them. */
  onSkipped: () => void
  onState: (connected: boolean) => void
}

/** Listens until the returned function is called. */
export function listenLive(functionId: string, listener: LiveListener): () => void {
  const source = new EventSource(`/api/events?function_id=${encodeURIComponent(functionId)}`)
  source.addEventListener('open', () => listener.onState(true))
  source.addEventListener('error', () => listener.onState(false))
  source.addEventListener('execution', event =>
    listener.onExecution(JSON.parse((event as MessageEvent<string>).data) as Execution)
  )
  source.addEventListener('skipped', () => listener.onSkipped())
  return () => source.close()
}
