/** When a batch of writes has gathered long enough, by the ticks that go by. */

/** A batch of this size gains nothing by waiting for another tick. */
const WORTHWHILE_SIZE = 32
/** No batch waits for more ticks. */
const MAX_TICKS = 12
/**
 * Ticks in a row without a write that end a batch. More than one, because an invocation that reads and then writes
 * does so in two ticks. Measured: PERFORMANCE.md.
 */
const QUIET_TICKS = 3
/** A tick that took longer has other things to do (a backup, a large query): waiting for three would be too long. */
const LONG_TICK_MS = 0.5

export class BatchTicks {
  private ticks = 0
  private quietTicks = 0
  private began = performance.now()
  /** Of the batch, when this tick began. */
  private sizeAtStart = 0

  /** Counts a tick, at whose end the batch has so many writes; true: the batch is due. */
  end(size: number): boolean {
    const now = performance.now()
    const isLongTick = now - this.began > LONG_TICK_MS
    this.began = now
    this.ticks++
    this.quietTicks = size === this.sizeAtStart ? this.quietTicks + 1 : 0
    this.sizeAtStart = size
    return (
      this.quietTicks === QUIET_TICKS ||
      (this.quietTicks > 0 && isLongTick) ||
      size >= WORTHWHILE_SIZE ||
      this.ticks === MAX_TICKS
    )
  }
}
