/** Time as the scheduler sees it, so that tests can have an hour pass at once. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number
  /** Calls `run` once, after `ms`; gives a way to call it off. */
  after(ms: number, run: () => void): () => void
}

/** The machine's own. Its timers keep no process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms)
    timer.unref()
    return () => {
      clearTimeout(timer)
    }
  }
}

/** The machine's timers; of servers that share their data, the time that they agree on. */
export const clockOf = (shared: { now(): number } | undefined): Clock =>
  shared === undefined ? systemClock : { now: () => shared.now(), after: systemClock.after }
