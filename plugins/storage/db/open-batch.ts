/** A batch whose transaction is open: its promise, and when it is due to be committed. */

/** A batch this large is committed without waiting for the end of the tick. */
const MAX_SIZE = 2000
/** A batch of this size gains nothing by waiting for another tick. */
const WORTHWHILE_SIZE = 32
/** No batch stays open for more ticks. */
const MAX_TICKS = 12
/**
 * Ticks in a row without a write that end a batch. More than one, because an invocation that reads and then writes
 * does so in two ticks. Measured: PERFORMANCE.md.
 */
const QUIET_TICKS = 3
/** A tick that took longer has other things to do (a backup, a large query): waiting for three would be too long. */
const LONG_TICK_MS = 0.5

export class OpenBatch {
  /** Settles with the COMMIT. */
  readonly durable: Promise<void>
  private resolve = (): void => {}
  private reject: (error: Error) => void = () => {}
  private size = 0
  private sizeAtTickStart = 0
  private ticks = 0
  private quietTicks = 0
  private tickBegan = performance.now()

  constructor() {
    this.durable = new Promise<void>((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
    // Unacknowledged writes have nobody who would hear of the failure.
    this.durable.catch(() => {})
  }

  /** Counts a write; true: the batch has to be committed at once. */
  addWrite(): boolean {
    return ++this.size >= MAX_SIZE
  }

  /** Counts a tick; true: the batch is due. */
  endTick(): boolean {
    const now = performance.now()
    const isLongTick = now - this.tickBegan > LONG_TICK_MS
    this.tickBegan = now
    this.ticks++
    this.quietTicks = this.size === this.sizeAtTickStart ? this.quietTicks + 1 : 0
    this.sizeAtTickStart = this.size
    return (
      this.quietTicks === QUIET_TICKS ||
      (this.quietTicks > 0 && isLongTick) ||
      this.size >= WORTHWHILE_SIZE ||
      this.ticks === MAX_TICKS
    )
  }

  committed(): void {
    this.resolve()
  }

  failed(error: Error): void {
    this.reject(error)
  }
}
