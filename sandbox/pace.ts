/**
 * Whether the recent runs of a version were short, so that further ones may wait in the pipe of a busy
 * process instead of the queue: that saves the way back and forth between the two processes.
 */
const SHORT_MS = 10
/** Short runs in a row that make a version short. */
const NEEDED = 5
/** As many more after one that was not, or failed in a way that costs the process. */
const PENALTY = 50

export class Pace {
  private streak = 0

  get isShort (): boolean { return this.streak >= NEEDED }

  note (durationMs: number): void {
    if (durationMs < SHORT_MS) this.streak++
    else this.penalize()
  }

  penalize (): void { this.streak = -PENALTY }
}
