/**
 * Carries notices of executions to the listeners. Listens to the invoker only while somebody listens here, and
 * reads a record, and makes its text, once for all who want it. Short runs are told once, at their end. Servers on the
 * same data tell each other what somebody looks at there.
 */
import type { ExecutionNotice } from '../../../core/contracts/invoker.js'
import type { LiveNews } from '../../../core/contracts/shared-work.js'
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
  /** Between servers. */
  readonly live?: LiveNews | undefined
}

export function createEventHub({ onExecution, read, onError, live }: EventHubOptions) {
  const listeners = new Map<EventStream, ReadonlySet<string> | undefined>()
  let stopListening: (() => void) | undefined
  let isWantedElsewhere = false

  const show = (functionId: string, executionId: string) => {
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

  const tell = (functionId: string, executionId: string, hasEnded: boolean) => {
    show(functionId, executionId)
    // Reading a record that has only begun writes it, so that others can read it too.
    const ready = isWantedElsewhere && (hasEnded || read(executionId))
    if (ready !== false) publish(live, ready, functionId, executionId).catch(onError)
  }

  const runs = createRunWatch(tell)

  /** The invoker is listened to while somebody looks, here or elsewhere. */
  const listen = () => {
    if (listeners.size > 0 || isWantedElsewhere) stopListening ??= onExecution(runs.notice)
    else {
      stopListening?.()
      stopListening = undefined
      runs.forget()
    }
  }

  live?.onWanted(isWanted => {
    isWantedElsewhere = isWanted
    listen()
  })
  live?.onNews(show, count => {
    for (const stream of listeners.keys()) stream.skip(count)
  })

  const changed = () => {
    listen()
    live?.watch(unite([...listeners.values()]))
  }

  const leave = (stream: EventStream) => listeners.delete(stream) && changed()

  return {
    /** Gives the stream all executions, or those of some functions; returns the way to end that. */
    join(functionIds: ReadonlySet<string> | undefined, stream: EventStream): () => void {
      listeners.set(stream, functionIds)
      changed()
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

async function publish(
  live: LiveNews | undefined,
  written: unknown,
  functionId: string,
  executionId: string
): Promise<void> {
  await written
  live?.publish(functionId, executionId)
}

/** Tells of an execution at its end, and at its beginning when that was a while ago. */
function createRunWatch(
  tell: (functionId: string, executionId: string, hasEnded: boolean) => void
) {
  const watched = new Map<string, NodeJS.Timeout>()

  const unwatch = (executionId: string) => {
    clearTimeout(watched.get(executionId))
    watched.delete(executionId)
  }

  return {
    notice({ phase, functionId, executionId }: ExecutionNotice): void {
      unwatch(executionId)
      if (phase === 'end') tell(functionId, executionId, true)
      else if (watched.size < MAX_WATCHED) {
        watched.set(
          executionId,
          setTimeout(() => {
            watched.delete(executionId)
            tell(functionId, executionId, false)
          }, LONG_RUN_MS)
        )
      }
    },
    forget(): void {
      for (const executionId of [...watched.keys()]) unwatch(executionId)
    }
  }
}

/** What all of them look at; undefined: nobody looks. */
function unite(
  wanted: ReadonlyArray<ReadonlySet<string> | undefined>
): ReadonlySet<string> | 'all' | undefined {
  if (wanted.length === 0) return undefined
  return wanted.includes(undefined)
    ? 'all'
    : new Set(wanted.flatMap(functionIds => [...(functionIds ?? [])]))
}
