/** The pool's clock. */
const TICK_MS = 10

/**
 * Calls `tick` again and again while started. What processes had sent when the time came is read before that:
 * however long the loop was busy with other things, a run seems slow only if it had not ended by then.
 */
export class Ticker {
  /** When the loop last looked what had been sent; of `performance.now()`. */
  lookedAt = performance.now()
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly tick: (now: number) => void) {}

  start(): void {
    this.timer ??= setInterval(() => {
      const now = performance.now()
      setImmediate(() => {
        this.lookedAt = now
        this.tick(now)
      })
    }, TICK_MS)
  }

  stop(): void {
    clearInterval(this.timer)
    this.timer = undefined
  }
}
