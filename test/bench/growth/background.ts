/** Calls that go on while something else is measured. */
import { pause } from './server.js'

export interface Background {
  /** Calls answered with a 2xx status, since the start. */
  readonly answered: () => number
  readonly failed: () => number
  /** Settles when the last call has ended. */
  readonly stop: () => Promise<void>
}

/** Repeats each of `calls`, one after the other, until it is stopped; `pauseMs` between two of one. */
export function inBackground(
  calls: ReadonlyArray<() => Promise<boolean>>,
  pauseMs = 0
): Background {
  const stop = new AbortController()
  let answered = 0
  let failed = 0
  const loops = calls.map(async call => {
    while (!stop.signal.aborted) {
      if (await call()) answered++
      else failed++
      if (pauseMs > 0) await pause(pauseMs)
    }
  })
  return {
    answered: () => answered,
    failed: () => failed,
    stop: async () => {
      stop.abort()
      await Promise.all(loops)
    }
  }
}

export const calling =
  (url: string, init: RequestInit = {}) =>
  async (): Promise<boolean> => {
    const response = await fetch(url, init)
    await response.arrayBuffer()
    return response.ok
  }
