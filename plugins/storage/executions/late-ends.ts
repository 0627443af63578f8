/** Ends of executions whose pending rows exist but whose end could not be written: tried again until it is. */
import type { FinishedExecution } from '../../../core/contracts/executions.js'

const RETRY_MS = 1000
/** Beyond that they are left to the next start, which ends everything that is pending. */
const MAX_WAITING = 1000

export type WriteEnd<Running> = (running: Running, end: FinishedExecution) => Promise<unknown>

export class LateEnds<Running> {
  private readonly waiting = new Map<Running, FinishedExecution>()
  private timer: NodeJS.Timeout | undefined
  private stopped = false

  constructor(
    private readonly write: WriteEnd<Running>,
    private readonly hasRow: (running: Running) => boolean
  ) {}

  /** To be called when writing the end has failed. An execution without a row needs none. */
  add(running: Running, end: FinishedExecution): void {
    if (!this.hasRow(running) || this.waiting.size >= MAX_WAITING || this.stopped) return
    this.waiting.set(running, { ...end, logs: [] })
    if (this.timer === undefined) this.schedule()
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
  }

  private schedule(): void {
    this.timer = undefined
    if (this.waiting.size === 0 || this.stopped) return
    this.timer = setTimeout(() => {
      void this.retry()
    }, RETRY_MS).unref()
  }

  private async retry(): Promise<void> {
    for (const [running, end] of this.waiting) {
      try {
        await this.write(running, end)
        this.waiting.delete(running)
      } catch {
        break
      }
    }
    this.schedule()
  }
}
