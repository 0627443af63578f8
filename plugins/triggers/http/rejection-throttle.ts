/** Spreads rejections over time, so that they do not take all of the server's. */

/**
 * Per interval, 3,000 a second: each takes some 20 µs, as measured under overload, so all take a sixteenth of the
 * time.
 */
const PER_INTERVAL = 15
const INTERVAL_MS = 5
/** None is held back for longer than this, however many there are. */
const MAX_DELAY_MS = 250

interface HeldBack {
  readonly task: () => void
  readonly since: number
}

export class RejectionThrottle {
  private left = PER_INTERVAL
  private held: HeldBack[] = []
  private isRunning = false

  /** Calls `task` now, if there were few lately, else later: those that are held back in their order. */
  schedule(task: () => void): void {
    if (!this.isRunning) {
      this.isRunning = true
      this.refillLater()
    }
    if (this.left > 0 && this.held.length === 0) {
      this.left--
      task()
    } else this.held.push({ task, since: performance.now() })
  }

  private refillLater(): void {
    setTimeout(() => {
      this.refill()
    }, INTERVAL_MS)
  }

  private refill(): void {
    const latest = performance.now() - MAX_DELAY_MS
    const firstInTime = this.held.findIndex(({ since }) => since > latest)
    const overdue = firstInTime === -1 ? this.held.length : firstInTime
    const due = this.held.splice(0, Math.max(PER_INTERVAL, overdue))
    this.left = PER_INTERVAL - due.length
    for (const { task } of due) task()
    if (due.length > 0) this.refillLater()
    else this.isRunning = false
  }
}
