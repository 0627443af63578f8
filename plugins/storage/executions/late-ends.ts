/** Ends of executions that could not be written although their pending rows are there: tried again until they are. */
import type { FinishedExecution } from '../../../core/contracts/executions.js'
import type { Running } from './running.js'

const RETRY_MS = 1000
/** More than that are left to the next start, which ends all that is pending. */
const MOST = 1000

export interface LateEnds {
  /** To be called when writing the end has failed. Keeps nothing of a run that has no row. */
  add(run: Running, execution: FinishedExecution): void
  stop(): void
}

export function createLateEnds(
  write: (run: Running, execution: FinishedExecution) => Promise<unknown>
): LateEnds {
  const waiting = new Map<Running, FinishedExecution>()
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  async function retry(): Promise<void> {
    for (const [run, execution] of waiting) {
      try {
        await write(run, execution)
        waiting.delete(run)
      } catch {
        break
      }
    }
    schedule()
  }

  function schedule(): void {
    timer =
      waiting.size > 0 && !stopped
        ? setTimeout(() => {
            void retry()
          }, RETRY_MS).unref()
        : undefined
  }

  return {
    add(run, execution) {
      if (run.row === undefined || waiting.size >= MOST || stopped) return
      waiting.set(run, { ...execution, logs: [] })
      if (timer === undefined) schedule()
    },
    stop() {
      stopped = true
      clearTimeout(timer)
    }
  }
}
