/** The scheduler's clock. */
const TICK_MS = 10

/**
 * Calls `onTick` again and again while started. What processes had sent when the time came is read before that:
 * however long the loop was busy with other things, an invocation seems slow only if it had not ended by then.
 */
export class Ticker {
  private timer: NodeJS.Timeout | undefined

  /** `onTick` gets the time up to which all that was sent has been read; of `performance.now()`. */
  constructor(private readonly onTick: (polledAt: number) => void) {}

  start(): void {
    this.timer ??= setInterval(() => {
      const polledAt = performance.now()
      setImmediate(() => {
        this.onTick(polledAt)
      })
    }, TICK_MS)
  }

  stop(): void {
    clearInterval(this.timer)
    this.timer = undefined
  }
}
