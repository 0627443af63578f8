/** Spreads refusals, so that they do not take all of the server's time. */

/** So many refusals in such a time, 3,000 a second, take a sixteenth of it: each some 20 µs, measured under overload. */
const MOST_AT_ONCE = 15
const PACE_MS = 5
/** None waits for longer than this, however many there are. */
const PATIENCE_MS = 250

interface Waiting {
  readonly task: () => void
  readonly since: number
}

export class RefusalPace {
  private left = MOST_AT_ONCE
  private waiting: Waiting[] = []
  private running = false

  /** Calls `task` now, if there were few lately, else later: those that are held back in their order. */
  next(task: () => void): void {
    if (!this.running) {
      this.running = true
      setTimeout(() => {
        this.refill()
      }, PACE_MS)
    }
    if (this.left > 0 && this.waiting.length === 0) {
      this.left--
      task()
    } else {
      this.waiting.push({ task, since: performance.now() })
    }
  }

  private refill(): void {
    const latest = performance.now() - PATIENCE_MS
    const patient = this.waiting.findIndex(({ since }) => since > latest)
    const due = this.waiting.splice(
      0,
      Math.max(MOST_AT_ONCE, patient === -1 ? this.waiting.length : patient)
    )
    this.left = MOST_AT_ONCE - due.length
    for (const { task } of due) task()
    if (due.length > 0) {
      setTimeout(() => {
        this.refill()
      }, PACE_MS)
    } else this.running = false
  }
}
