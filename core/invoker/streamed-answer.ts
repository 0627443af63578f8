/**
 * A streamed answer on its way from the sandbox to whoever receives it. The head goes on once the pending record is
 * durable; until then the first pieces wait here, which are no more than a child may send ahead. Without a receiver the
 * body is collected. What is kept of a received one is for the record.
 */
import type { BodySink, JobResult } from '../../sandbox/job.js'
import type { Answer, AnswerHead, StreamReceiver } from '../contracts/invocation.js'
import type { Fault, StreamFacts } from '../contracts/records.js'
import { ByteCollector } from './byte-collector.js'
import { MAX_KEPT } from './response-json.js'

const lost: Fault = {
  kind: 'runtime',
  message:
    'The database could not keep that the execution had begun, so nothing of its answer left.'
}

export interface StreamOptions {
  /** When the run began; of `performance.now()`. */
  readonly startedAt: number
  /** Settles when the pending record is durable; undefined: there is none. */
  readonly durable: Promise<void> | undefined
  /** Left out: the body is collected. */
  readonly receive: (() => StreamReceiver) | undefined
  /** The record is to have the body's first bytes. */
  readonly keepsBody: boolean
}

export class StreamedAnswer implements BodySink {
  private readonly body: ByteCollector
  private receiver: StreamReceiver | undefined
  private state: 'opening' | 'open' | 'abandoned' = 'opening'
  private early: Uint8Array[] = []
  private waiting: ((isOpen: boolean) => void) | undefined
  private firstByteMs: number | undefined
  private failure: unknown
  private readonly opened: Promise<void> | undefined

  constructor(
    private readonly head: AnswerHead,
    private readonly options: StreamOptions
  ) {
    const { receive, keepsBody, durable } = options
    this.body = new ByteCollector(receive === undefined ? Infinity : keepsBody ? MAX_KEPT : 0)
    if (durable === undefined) this.open()
    else {
      this.opened = durable
        .then(() => {
          this.open()
        })
        .catch((error: unknown) => {
          this.failure = error
          this.abandon()
        })
    }
  }

  write(bytes: Uint8Array): void {
    this.body.add(bytes)
    if (this.state === 'open') this.receiver?.write(bytes)
    else if (this.state === 'opening' && this.options.receive !== undefined) this.early.push(bytes)
  }

  whenReady(tell: (isOpen: boolean) => void): void {
    if (this.state === 'opening') this.waiting = tell
    else if (this.state === 'abandoned') tell(false)
    else if (this.receiver === undefined) tell(true)
    else this.receiver.whenReady(tell)
  }

  /** The result of the run, which has ended. */
  async end(result: JobResult): Promise<JobResult> {
    // Nobody has got anything of it yet, and so its caller is told of the failure in the ordinary way.
    if (result.fault !== undefined && this.state === 'opening') {
      this.abandon()
      return result
    }
    await this.opened
    if (this.failure !== undefined) return { ...result, answer: undefined, fault: lost }
    if (result.answer === undefined || this.options.receive !== undefined) return result
    return { ...result, answer: this.kept() }
  }

  /** Throws what kept the head from leaving, if that was a failure of the storage. */
  throwFailure(): void {
    if (this.failure !== undefined) throw this.failure
  }

  /** undefined: nothing of it has left. */
  get facts(): StreamFacts | undefined {
    const { firstByteMs } = this
    return firstByteMs === undefined
      ? undefined
      : { size: this.body.size, firstByteMs: Math.round(firstByteMs) }
  }

  /** What the record may have of it. */
  kept(): Answer | undefined {
    if (this.firstByteMs === undefined) return undefined
    return { ...this.head, body: this.body.bytes(), isBase64Encoded: false }
  }

  private open(): void {
    if (this.state !== 'opening') return
    this.state = 'open'
    this.firstByteMs = performance.now() - this.options.startedAt
    this.receiver = this.options.receive?.()
    for (const bytes of this.early) this.receiver?.write(bytes)
    this.early = []
    this.tellWaiting()
  }

  private abandon(): void {
    this.state = 'abandoned'
    this.early = []
    this.tellWaiting()
  }

  private tellWaiting(): void {
    const { waiting } = this
    this.waiting = undefined
    if (waiting !== undefined) this.whenReady(waiting)
  }
}
