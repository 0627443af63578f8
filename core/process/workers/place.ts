/** A place among the workers of a port: the worker that has it, and who takes it when that is gone. */
import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import type { WorkerProcess } from './worker-process.js'

/** A worker that served for so long had no fault at its start: its place is taken again at once. */
const SOUND_MS = 10_000
const FIRST_PAUSE_MS = 500
const MAX_PAUSE_MS = 30_000
/** Giving connections up, and what may still run then, with some time for closing. */
const RETIRE_MS = 55_000

export interface PlaceOptions {
  readonly number: number
  readonly log: Pick<FastifyBaseLogger, 'info' | 'warn' | 'error'>
  start(): WorkerProcess
  /** The end of everything: nobody takes the place any more. */
  readonly over: AbortSignal
}

export class Place {
  private current: WorkerProcess | undefined
  private isChanging = false
  private failures = 0

  constructor(private readonly options: PlaceOptions) {}

  /** The first start. Rejects with why it fails; then the place stays empty. */
  async fill(): Promise<string> {
    const worker = this.options.start()
    const address = await worker.ready
    this.take(worker)
    return address
  }

  /** Puts a new worker in the place of the one that is there, once it listens. One that cannot changes nothing. */
  async change(): Promise<void> {
    const { number, log, over } = this.options
    const old = this.current
    // Without one, another is about to come anyway.
    if (old === undefined || over.aborted) return
    this.isChanging = true
    try {
      const next = this.options.start()
      await next.ready
      this.take(next)
    } catch (error) {
      if (!over.aborted) {
        log.error({ worker: number, reason: String(error) }, 'no new worker; the old one stays')
      }
      if (old.hasEnded) void this.refill(old)
      return
    } finally {
      this.isChanging = false
    }
    if (over.aborted) return
    old.retire()
    const late = setTimeout(() => {
      log.error({ worker: number }, 'the old worker does not end, and is killed')
      old.kill()
    }, RETIRE_MS)
    await old.ended
    clearTimeout(late)
  }

  private take(worker: WorkerProcess): void {
    const { number, log, over } = this.options
    this.current = worker
    log.info({ worker: number, workerPid: worker.pid }, 'worker listens')
    void worker.ended.then(end => {
      if (this.current !== worker || over.aborted) return
      log.error({ worker: number, workerPid: worker.pid }, `worker ended with ${end}`)
      if (!this.isChanging) void this.refill(worker)
    })
  }

  /** Starts workers until one stays, with longer and longer pauses where they end at once. */
  private async refill(ended: WorkerProcess): Promise<void> {
    const { number, log, over } = this.options
    this.current = undefined
    let last = ended
    while (!over.aborted) {
      const delay = this.pauseAfter(last)
      if (delay > 0) await pause(delay, undefined, { ref: true, signal: over }).catch(() => {})
      if (over.aborted) return
      last = this.options.start()
      try {
        await last.ready
        return this.take(last)
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        if (!over.aborted) log.error({ worker: number }, `worker could not start. ${reason}`)
      }
    }
  }

  private pauseAfter({ startedAt }: WorkerProcess): number {
    if (performance.now() - startedAt >= SOUND_MS) {
      this.failures = 0
      return 0
    }
    return Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.failures++)
  }
}
