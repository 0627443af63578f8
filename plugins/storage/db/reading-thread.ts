/**
 * Long reads on a connection of their own, in a thread: the event loop goes on meanwhile. The thread is started when it
 * is first needed, and ends when nothing was read for a while. It sees what is committed. Checkpoints, which change
 * nothing either, have a thread of their own (checkpoints.ts).
 */
import { Worker } from 'node:worker_threads'
import { MoonletError } from '../../../core/base/errors.js'

export interface Asked {
  readonly sql: string
  readonly values: object
}
/** The first column of all rows, and how many milliseconds they took, without what the question waited for. */
export interface Answer<T> {
  readonly rows: readonly T[]
  readonly tookMs: number
}
export type Told = Answer<unknown> | { readonly error: string }

export interface ThreadData {
  readonly file: string
  readonly isUrgent: boolean
}

interface Waiting {
  readonly resolve: (answer: Answer<unknown>) => void
  readonly reject: (error: Error) => void
}

export interface ThreadOptions {
  /** Milliseconds without work after which it ends; 20 seconds if not given. */
  readonly idleMs?: number
  /** Its priority is not lowered: the work would be done on the event loop otherwise. */
  readonly isUrgent?: boolean
}

const IDLE_MS = 20_000
/** MiB of its heap; it holds one answer at a time. */
const limits = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 }

export class ReadingThread {
  private worker: Worker | undefined
  /** In the order of the questions, which is that of the answers. */
  private waiting: Waiting[] = []
  private idle: NodeJS.Timeout | undefined
  /** Those that have not ended, with when they will have. */
  private readonly living = new Map<Worker, Promise<void>>()
  private isClosed = false

  constructor(
    private readonly file: string,
    private readonly options: ThreadOptions = {}
  ) {}

  /** Rejects with STORAGE_FAILED. */
  async read<T>(sql: string, values: object): Promise<Answer<T>> {
    if (this.isClosed) throw failure('the server is stopping')
    clearTimeout(this.idle)
    const worker = (this.worker ??= this.start())
    const answer = await new Promise<Answer<unknown>>((resolve, reject) => {
      this.waiting.push({ resolve, reject })
      // Only who waits for an answer keeps the process alive.
      worker.ref()
      worker.postMessage({ sql, values } satisfies Asked)
    })
    return answer as Answer<T>
  }

  /** Resolves when the connection is closed; what is still asked is answered before. */
  async close(): Promise<void> {
    this.isClosed = true
    this.end()
    for (const worker of this.living.keys()) worker.ref()
    await Promise.all(this.living.values())
  }

  private start(): Worker {
    const worker = new Worker(new URL('./reading-thread-main.js', import.meta.url), {
      workerData: {
        file: this.file,
        isUrgent: this.options.isUrgent === true
      } satisfies ThreadData,
      name: 'reads',
      resourceLimits: limits
    })
    let reason = 'it ended'
    worker.on('message', (told: Told) => {
      this.settle(told)
    })
    worker.on('error', error => {
      reason = error instanceof Error ? error.message : String(error)
    })
    const exited = new Promise<void>(resolve => {
      worker.on('exit', () => {
        this.living.delete(worker)
        this.forget(worker, reason)
        resolve()
      })
    })
    this.living.set(worker, exited)
    return worker
  }

  private settle(told: Told): void {
    const next = this.waiting.shift()
    if ('error' in told) next?.reject(failure(told.error))
    else next?.resolve(told)
    if (this.waiting.length > 0 || this.isClosed) return
    this.worker?.unref()
    this.idle = setTimeout(() => {
      this.end()
    }, this.options.idleMs ?? IDLE_MS).unref()
  }

  private end(): void {
    clearTimeout(this.idle)
    this.worker?.postMessage('close')
    if (this.waiting.length === 0) this.worker = undefined
  }

  private forget(worker: Worker, reason: string): void {
    if (this.worker !== undefined && this.worker !== worker) return
    this.worker = undefined
    const { waiting } = this
    this.waiting = []
    for (const { reject } of waiting) reject(failure(reason))
  }
}

const failure = (reason: string): MoonletError =>
  new MoonletError('STORAGE_FAILED', `The thread that reads the database failed: ${reason}.`)
