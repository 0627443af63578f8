/**
 * The priority of processes that start: lower than that of those that run something, until they are ready. A start
 * computes for 40 ms without a pause; of usual priority it takes them from functions that are called all the time.
 */
import { readdirSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'

/** Of `nice`: a tenth of the time of a process of usual priority, where both want the same core. */
export const STARTING_NICE = 10
const MAX_NICE = 19

export interface StartPriority {
  /** For a process that was started just now. */
  lower(pid: number): void
  /** For one that is ready: the server's own priority again, for all its threads. */
  restore(pid: number): void
}

export const unchangedPriority: StartPriority = { lower() {}, restore() {} }

/**
 * Finds out by a process that runs and is not needed any more whether its priority can be raised again, which takes
 * root or a limit (RLIMIT_NICE) that allows it. Where it cannot, priorities stay as they are.
 */
export function probeStartPriority(pid: number): StartPriority {
  const usual = getPriority()
  const lowered = Math.min(MAX_NICE, usual + STARTING_NICE)
  try {
    setPriority(pid, lowered)
    setThreads(pid, usual)
  } catch {
    return unchangedPriority
  }
  return {
    lower: pid => {
      unlessGone(() => {
        setPriority(pid, lowered)
      })
    },
    restore: pid => {
      unlessGone(() => {
        setThreads(pid, usual)
      })
    }
  }
}

/** Linux gives each thread a priority of its own, a new one that of its maker. */
function setThreads(pid: number, nice: number): void {
  for (const thread of readdirSync(`/proc/${pid}/task`)) setPriority(Number(thread), nice)
}

/** The process may have ended meanwhile. */
function unlessGone(change: () => void): void {
  try {
    change()
  } catch {
    /* Its end is told by others. */
  }
}
