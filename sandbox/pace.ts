/**
 * What the recent runs of a version cost, as moving averages of what the sandbox tells: its time on a core, and
 * its time waiting (for host functions, asleep). Not by the clock, which on a busy machine says more about the
 * other processes. Further runs of a short version may wait in the pipe of a busy process, which saves the way
 * back and forth between the two; those of one that mostly waits get processes of their own at once; to those
 * that compute, more processes than cores are of little use.
 */
const SHORT_MS = 5
const WAITING_MS = 5
/** Runs before the averages mean anything. */
const NEEDED = 3
/** The average after a run that cost its process; some twenty short runs bring it down again. */
const PENALTY_MS = 50
const WEIGHT = 1 / 8

export class Pace {
  private busyMs = 0
  private waitMs = 0
  private runs = 0

  get isShort (): boolean { return this.runs >= NEEDED && this.busyMs + this.waitMs < SHORT_MS }
  get isWaiting (): boolean { return this.runs > 0 && this.waitMs >= WAITING_MS }

  note (busyMs: number, waitMs: number): void {
    const weight = this.runs++ === 0 ? 1 : WEIGHT
    this.busyMs += (busyMs - this.busyMs) * weight
    this.waitMs += (waitMs - this.waitMs) * weight
  }

  penalize (): void {
    this.runs++
    this.busyMs = Math.max(this.busyMs, PENALTY_MS)
  }
}
