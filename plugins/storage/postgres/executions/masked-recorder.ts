/**
 * Holds back what is recorded of an execution until the mask of its function is known, so that nothing is written
 * without it. Nearly always it is: whoever reads a function to run it reads its variables too.
 */
import type { FinishedExecution, NewExecution } from '../../../../core/contracts/executions.js'
import type { JobSettlements } from '../../../../core/contracts/job-ends.js'
import type {
  AiRequestRecord,
  EmailRequestRecord,
  HttpRequestRecord,
  LogEntry
} from '../../../../core/contracts/records.js'
import type { ExecutionRecorder } from '../../executions/writer.js'
import type { SecretMasks } from './masks.js'

export class MaskedRecorder implements ExecutionRecorder {
  /** Executions that have not begun for `inner` yet. */
  private readonly waiting = new Map<string, Promise<void>>()

  constructor(
    private readonly inner: ExecutionRecorder,
    private readonly masks: Pick<SecretMasks, 'has' | 'load'>
  ) {}

  begin(execution: NewExecution): void {
    const { id, functionId } = execution
    if (this.masks.has(functionId)) return this.inner.begin(execution)
    const begun = this.masks
      .load(functionId)
      .then(
        () => {
          this.inner.begin(execution)
        },
        // The end meets the same.
        () => {}
      )
      .finally(() => {
        this.waiting.delete(id)
      })
    this.waiting.set(id, begun)
  }

  /** Undefined: it has begun, or never will. */
  whenBegun(executionId: string): Promise<void> | undefined {
    return this.waiting.size === 0 ? undefined : this.waiting.get(executionId)
  }

  /** Undefined: all that were announced have begun. */
  allBegun(): Promise<unknown> | undefined {
    return this.waiting.size === 0 ? undefined : Promise.all(this.waiting.values())
  }

  async makeDurable(id: string): Promise<void> {
    await this.whenBegun(id)
    await this.inner.makeDurable(id)
  }

  appendLogs(id: string, logs: readonly LogEntry[]): void {
    this.after(id, () => {
      this.inner.appendLogs(id, logs)
    })
  }

  appendAiRequest(request: AiRequestRecord): void {
    this.after(request.executionId, () => {
      this.inner.appendAiRequest(request)
    })
  }

  appendEmailRequest(request: EmailRequestRecord): void {
    this.after(request.executionId, () => {
      this.inner.appendEmailRequest(request)
    })
  }

  appendHttpRequest(request: HttpRequestRecord): void {
    this.after(request.executionId, () => {
      this.inner.appendHttpRequest(request)
    })
  }

  finish(end: FinishedExecution, job?: JobSettlements): Promise<void> {
    return this.whenBegun(end.id) === undefined && this.masks.has(end.functionId)
      ? this.inner.finish(end, job)
      : this.finishLater(end, job)
  }

  private async finishLater(end: FinishedExecution, job?: JobSettlements): Promise<void> {
    await this.whenBegun(end.id)
    await this.masks.load(end.functionId)
    await this.inner.finish(end, job)
  }

  private after(id: string, record: () => void): void {
    const begun = this.whenBegun(id)
    if (begun === undefined) record()
    else void begun.then(record)
  }
}
