/** Calls `refresh` once more for all that was asked while it ran, and again later when it failed. */
import { setTimeout as pause } from 'node:timers/promises'

const AGAIN_MS = 1000

/** Gives what asks for it, until `signal` aborts. */
export function createRefreshing(refresh: () => Promise<void>, signal: AbortSignal): () => void {
  let isRunning = false
  let isWanted = false
  const run = async (): Promise<void> => {
    while (isWanted && !signal.aborted) {
      isWanted = false
      try {
        await refresh()
      } catch {
        isWanted = true
        await pause(AGAIN_MS, undefined, { ref: false })
      }
    }
    isRunning = false
  }
  return () => {
    isWanted = true
    if (isRunning) return
    isRunning = true
    void run()
  }
}
