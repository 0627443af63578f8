/**
 * How long the recent runs of a version took, as a moving average: further runs of a short version may wait in
 * the pipe of a busy process, which saves the way back and forth between the two; those of a slow one get
 * processes of their own at once.
 */
const SHORT_MS = 5
const SLOW_MS = 10
/** Runs before the average means anything. */
const NEEDED = 3
/** The average after a run that cost its process; some twenty short runs bring it down again. */
const PENALTY_MS = 50
const WEIGHT = 1 / 8

export class Pace {
  private average = 0
  private runs = 0

  get isShort (): boolean { return this.runs >= NEEDED && this.average < SHORT_MS }
  get isSlow (): boolean { return this.runs > 0 && this.average >= SLOW_MS }

  note (durationMs: number): void {
    this.average = this.runs++ === 0 ? durationMs : this.average + (durationMs - this.average) * WEIGHT
  }

  penalize (): void {
    this.runs++
    this.average = Math.max(this.average, PENALTY_MS)
  }
}
