/**
 * Calls back once for each minute of the wall clock, at its second 0.
 *
 * Timers count elapsed time and the wall clock may be set, so the ticker wakes every few seconds and looks.
 * Minutes that a step forward, a suspended machine or a blocked process jumped over do not tick. After a
 * step back of up to ten minutes it waits, so that no minute ticks twice; a longer one means that the time
 * was wrong before, and ticking goes on from the new time.
 */
import type { Clock } from './clock.js'

const MINUTE = 60_000
const LOOK = 5_000
const WAIT_OUT = 10 * MINUTE

export interface TickerEvents {
  /** Unix milliseconds of the minute that began. */
  readonly onMinute: (minute: number) => void
  /** The clock was set back; `minute` is the one it shows now, which does not tick. */
  readonly onSetBack: (minute: number) => void
}

/** Starts ticking with the minute after this one. Gives a way to end it. */
export function startMinuteTicker(clock: Clock, events: TickerEvents): () => void {
  const currentMinute = () => Math.floor(clock.now() / MINUTE) * MINUTE
  let last = currentMinute()
  let cancel = () => {}

  const arm = () => {
    cancel = clock.after(Math.min(LOOK, MINUTE - (clock.now() % MINUTE)), look)
  }
  const look = () => {
    const minute = currentMinute()
    arm()
    if (minute > last) {
      last = minute
      events.onMinute(minute)
    } else if (last - minute > WAIT_OUT) {
      last = minute
      events.onSetBack(minute)
    }
  }
  arm()
  return () => {
    cancel()
  }
}
