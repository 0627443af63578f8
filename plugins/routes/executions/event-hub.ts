/**
 * Carries notices of executions to the listeners. Listens to the invoker only while somebody listens here, and
 * reads a record, and makes its text, once for all who want it. Short runs are told once, at their end.
 */
import type { ExecutionNotice } from '../../../core/contracts/invoker.js'
import type { EventStream } from './event-stream.js'

/** A run that takes longer is also told at its beginning. */
const LONG_RUN_MS = 100
/** Beginnings that are watched at once; of more than that only the ends are told. */
const MAX_WATCHED = 10_000

export interface EventHubOptions {
  readonly onExecution: (listener: (notice: ExecutionNotice) => void) => () => void
  /** The execution as listeners get it; undefined when there is none any more. */
  readonly read: (executionId: string) => Promise<unknown>
  readonly onError: (error: unknown) => void
}

export function createEventHub({ onExecution, read, onError }: EventHubOptions) {
  const listeners = new Map<EventStream, ReadonlySet<string> | undefined>()
  const watched = new Map<string, NodeJS.Timeout>()
  let stopListening: (() => void) | undefined

  const tell = (functionId: string, executionId: string) => {
    const ready: EventStream[] = []
    for (const [stream, wanted] of listeners) {
      if ((wanted?.has(functionId) ?? true) && stream.offer()) ready.push(stream)
    }
    if (ready.length === 0) return
    read(executionId).then(data => {
      if (data === undefined) return
      const json = JSON.stringify(data)
      for (const stream of ready) stream.send(executionId, json)
    }, onError)
  }

  const unwatch = (executionId: string) => {
    clearTimeout(watched.get(executionId))
    watched.delete(executionId)
  }

  const notice = ({ phase, functionId, executionId }: ExecutionNotice) => {
    unwatch(executionId)
    if (phase === 'end') tell(functionId, executionId)
    else if (watched.size < MAX_WATCHED) {
      watched.set(
        executionId,
        setTimeout(() => {
          watched.delete(executionId)
          tell(functionId, executionId)
        }, LONG_RUN_MS)
      )
    }
  }

  const leave = (stream: EventStream) => {
    listeners.delete(stream)
    if (listeners.size > 0) return
    stopListening?.()
    stopListening = undefined
    for (const executionId of [...watched.keys()]) unwatch(executionId)
  }

  return {
    /** Gives the stream all executions, or those of some functions; returns the way to end that. */
    join(functionIds: ReadonlySet<string> | undefined, stream: EventStream): () => void {
      listeners.set(stream, functionIds)
      stopListening ??= onExecution(notice)
      return () => {
        leave(stream)
      }
    },
    size: () => listeners.size,
    /** Ends every stream. */
    close() {
      for (const stream of [...listeners.keys()]) {
        stream.end()
        leave(stream)
      }
    }
  }
}
