/** A clock that stands still until told to go on. */
import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../core/cron/clock.js'

export interface FakeClock extends Clock {
  /** Lets time pass: timers run in their order, and what they start gets its turn. */
  pass(ms: number): Promise<void>
  /** Sets the wall clock without letting time pass for timers, as an operator does. */
  set(now: number): void
}

export function createFakeClock(start: number): FakeClock {
  let elapsed = 0
  let shift = start
  let timers: Array<{ at: number; run: () => void }> = []
  return {
    now: () => shift + elapsed,
    after(ms, run) {
      const timer = { at: elapsed + Math.max(0, ms), run }
      timers.push(timer)
      return () => {
        timers = timers.filter(other => other !== timer)
      }
    },
    async pass(ms) {
      const end = elapsed + ms
      for (;;) {
        const next = timers.filter(timer => timer.at <= end).sort((a, b) => a.at - b.at)[0]
        if (next === undefined) break
        timers = timers.filter(timer => timer !== next)
        elapsed = next.at
        next.run()
        await settle()
      }
      elapsed = end
      await settle()
    },
    set(now) {
      shift = now - elapsed
    }
  }
}

/** Gives promise chains and immediates their turn. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 4; i++) await setImmediate()
}
