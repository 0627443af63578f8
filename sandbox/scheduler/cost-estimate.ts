/**
 * What the recent runs of a version cost, as moving averages of what the sandbox tells: its time on a core, and
 * its time waiting (for host functions, asleep). Not by the clock, which on a busy machine says more about the
 * other processes. Further runs of a short version may wait in the pipe of a busy process, which saves the way
 * back and forth between the two; those of one that mostly waits get processes of their own at once; to those
 * that compute, more processes than cores are of little use.
 */
const SHORT_MS = 5
const TINY_MS = 0.25
const TINY_CALLS = 0.1
const WAITING_MS = 5
/** Runs before the averages mean anything. */
const NEEDED = 3
/** The average after a run that cost its process; some twenty short runs bring it down again. */
const PENALTY_MS = 50
const WEIGHT = 1 / 8

export class Pace {
  private busyMs = 0
  private waitMs = 0
  private calls = 0
  private runs = 0

  get isShort(): boolean {
    return this.runs >= NEEDED && this.busyMs + this.waitMs < SHORT_MS
  }
  /** So short, and so seldom waiting for the server, that waking a second process costs more than waiting for the first. */
  get isTiny(): boolean {
    return this.runs >= NEEDED && this.busyMs + this.waitMs < TINY_MS && this.calls < TINY_CALLS
  }
  get isWaiting(): boolean {
    return this.runs > 0 && this.waitMs >= WAITING_MS
  }

  /** `calls`: how often it waited for a host function. */
  note(busyMs: number, waitMs: number, calls: number): void {
    const weight = this.runs++ === 0 ? 1 : WEIGHT
    // V8 compiles on other threads, which count as the run's: one run says little, however much it took.
    const believed = weight === 1 ? busyMs : Math.min(busyMs, this.busyMs * 4 + 1)
    this.busyMs += (believed - this.busyMs) * weight
    this.waitMs += (waitMs - this.waitMs) * weight
    this.calls += (calls - this.calls) * weight
  }

  penalize(): void {
    this.runs++
    this.busyMs = Math.max(this.busyMs, PENALTY_MS)
  }
}
