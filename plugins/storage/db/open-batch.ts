/** A batch whose transaction is open: its promise, and when it is due to be committed. */
import { BatchTicks } from './batch-ticks.js'

/** A batch this large is committed without waiting for the end of the tick. */
const MAX_SIZE = 2000

export class OpenBatch {
  /** Settles with the COMMIT. */
  readonly durable: Promise<void>
  /** Milliseconds of its COMMIT, once it is committed. */
  commitMs = 0
  private resolve = (): void => {}
  private reject: (error: Error) => void = () => {}
  private size = 0
  private readonly ticks = new BatchTicks()

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
    return this.ticks.end(this.size)
  }

  committed(): void {
    this.resolve()
  }

  failed(error: Error): void {
    this.reject(error)
  }
}
