/**
 * Calls that wait while another process holds the write lock of the database. The lock is tried again every few
 * milliseconds; nothing waits inside SQLite, which would stop the whole server.
 */
const RETRY_MS = 25

export interface LockQueueOptions {
  /** Takes the lock; false while another process holds it. Must not throw. */
  readonly tryLock: () => boolean
  /** How long a call waits before it is rejected. */
  readonly patienceMs: number
  readonly createError: () => Error
}

interface WaitingCall {
  start(): void
  reject(error: Error): void
  readonly since: number
}

export class LockQueue {
  private readonly waiting: WaitingCall[] = []

  constructor(private readonly options: LockQueueOptions) {}

  get isEmpty(): boolean {
    return this.waiting.length === 0
  }

  /** Starts `call` once the lock is ours, after all that wait already; rejects it once its patience is over. */
  enqueue<T>(call: () => Promise<T>): Promise<T> {
    if (this.isEmpty) this.scheduleRetry()
    return new Promise<T>((resolve, reject) => {
      this.waiting.push({
        start: () => {
          call().then(resolve, reject)
        },
        reject,
        since: performance.now()
      })
    })
  }

  private scheduleRetry(): void {
    setTimeout(() => {
      this.retry()
    }, RETRY_MS)
  }

  private retry(): void {
    if (this.options.tryLock()) this.startAll()
    else this.rejectExpired()
    if (!this.isEmpty) this.scheduleRetry()
  }

  private startAll(): void {
    for (const call of this.waiting.splice(0)) call.start()
  }

  /** The queue is in order of arrival: those that have waited too long are at its head. */
  private rejectExpired(): void {
    const deadline = performance.now() - this.options.patienceMs
    const firstPatient = this.waiting.findIndex(({ since }) => since > deadline)
    const expired = firstPatient === -1 ? this.waiting.length : firstPatient
    for (const call of this.waiting.splice(0, expired)) call.reject(this.options.createError())
  }
}
