/**
 * When V8 11 (Node 20) is to optimize: it does that for a function which has executed a budget of bytecode some times
 * over, and for the engine as a whole that is a fifth of a second of processor time. A busy process gains it back
 * within some thousand runs, and has the budget that it is started with (sandbox/command.ts). One that takes turns
 * with fifty others does not: there a run waits for memory, of which optimized code takes more, and all fifty would
 * be at it together. So a process that computes little of the time gets four times as much. Later versions count
 * calls, and wait long enough.
 */
import { setFlagsFromString } from 'node:v8'

const hasBudget = process.versions.v8.startsWith('11.')
const BUSY_BUDGET = '--interrupt-budget=264000'
const IDLE_BUDGET = '--interrupt-budget=1056000'

/** How long a process is watched before it is called busy or idle. */
const SPAN_MS = 100
/** Part of a span that a busy process computes. */
const BUSY = 0.05
/** A run that computes for so long is worth optimizing however rarely there is one; the first one's compiling takes less. */
const LONG_MS = 20

/** Tells from its runs whether the process is busy; it counts as busy until it has been watched. */
export class Busyness {
  idle = false
  private long = false
  /** Of the span: when its first run ended, and what all of them computed. */
  private since: number | undefined
  private busyMs = 0

  /** `ms`: how long a run computed; `now`: when it ended. */
  note (ms: number, now: number): void {
    if (ms > LONG_MS) this.long = true
    this.since ??= now
    this.busyMs += ms
    if (now - this.since < SPAN_MS && !this.long) return
    this.idle = !this.long && this.busyMs < (now - this.since) * BUSY
    this.since = undefined
    this.busyMs = 0
  }
}

const busyness = new Busyness()

/** To be told of each run: for how long it computed, and when it ended (of `performance.now()`). */
export function noteRun (ms: number, now: number): void {
  const before = busyness.idle
  busyness.note(ms, now)
  if (hasBudget && busyness.idle !== before) setFlagsFromString(busyness.idle ? IDLE_BUDGET : BUSY_BUDGET)
}
