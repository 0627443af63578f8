/**
 * Writes executions as rarely as the promises allow. When an invocation begins, its execution is only noted in memory.
 * The pending row is written when the invocation makes something durable (in the same transaction), when it adds logs
 * or requests early, when somebody asks for it, or when it is still running after PENDING_AFTER_MS. An invocation that
 * ends before all that costs one insert.
 *
 * What a failed batch rolled back is written again by `finish`, which thus keeps its promise for the whole execution.
 * If `finish` itself fails, its caller is told, and a pending row gets its end as soon as the database takes writes
 * again.
 */
import type {
  AiRequestRecord,
  EmailRequestRecord,
  HttpRequestRecord,
  LogEntry
} from '../../../core/contracts/records.js'
import {
  MAX_HTTP_REQUESTS,
  type ExecutionStore,
  type FinishedExecution,
  type NewExecution
} from '../../../core/contracts/executions.js'
import { MoonletError } from '../../../core/base/errors.js'
import type { JobSettlement, JobSettlements } from '../../../core/contracts/job-ends.js'
import type { Batch } from '../db/batch.js'
import { LateEnds } from './late-ends.js'
import { LOST, toFailed } from './lost-writes.js'
import type { ExecutionRecords } from './records.js'
import type { RequestPart } from './request-columns.js'
import { RunningExecution, type Part } from './running-execution.js'
import { TwoGenerationTimer } from './two-generation-timer.js'

/** The methods through which the content of executions comes; see ExecutionStore. */
export type ExecutionRecorder = Pick<
  ExecutionStore,
  | 'begin'
  | 'makeDurable'
  | 'appendLogs'
  | 'appendAiRequest'
  | 'appendEmailRequest'
  | 'appendHttpRequest'
  | 'finish'
>

/** The pending row is written when the execution is between one and two of these old. */
const PENDING_AFTER_MS = 20

export class ExecutionWriter implements ExecutionRecorder {
  private readonly running = new Map<string, RunningExecution>()
  /** Executions with writes in the open batch, and those whose rows are in it. */
  private linked: RunningExecution[] = []
  private inBatch: RunningExecution[] = []
  private readonly pendingTimer: TwoGenerationTimer<RunningExecution>
  private readonly lateEnds: LateEnds<RunningExecution>

  constructor(
    private readonly batch: Batch,
    private readonly records: ExecutionRecords,
    private readonly jobs: { settle(settlement: JobSettlement): boolean }
  ) {
    this.pendingTimer = new TwoGenerationTimer(PENDING_AFTER_MS, running => {
      this.savePendingRow(running)
    })
    this.lateEnds = new LateEnds(
      (running, end) =>
        batch.transaction(() => {
          records.writeFinished(running, toFailed(end))
        }),
      ({ rowId }) => rowId !== undefined
    )
    batch.onCommit({
      before: () => {
        for (const running of this.linked) this.writeLinked(running)
      },
      after: durable => {
        this.settleBatch(durable)
      }
    })
  }

  begin(execution: NewExecution): void {
    const running = new RunningExecution(execution)
    this.running.set(execution.id, running)
    this.pendingTimer.add(running)
  }

  linkToExecution(executionId: string): void {
    const running = this.running.get(executionId)
    if (running === undefined || running.linked) return
    running.linked = true
    this.linked.push(running)
  }

  async makeDurable(executionId: string): Promise<void> {
    const running = this.running.get(executionId)
    if (running === undefined) return
    await this.batch.transaction(() => {
      this.writePending(running)
    })
  }

  appendLogs(executionId: string, logs: readonly LogEntry[]): void {
    const { statements } = this.records
    this.append(executionId, (rowId, next) => statements.insertLogs(rowId, next, logs))
  }

  appendAiRequest(request: AiRequestRecord): void {
    this.appendRequest({ kind: 'ai', request })
  }

  appendEmailRequest(request: EmailRequestRecord): void {
    this.appendRequest({ kind: 'email', request })
  }

  appendHttpRequest(request: HttpRequestRecord): void {
    const running = this.running.get(request.executionId)
    if (running !== undefined && ++running.httpRequests > MAX_HTTP_REQUESTS) return
    this.appendRequest({ kind: 'http', request })
  }

  finish(end: FinishedExecution, job?: JobSettlements): Promise<void> {
    const running = this.running.get(end.id) ?? new RunningExecution(end)
    this.running.delete(end.id)
    running.finished = true
    const write = (): void => {
      const { lostWrites } = running
      this.records.writeFinished(running, lostWrites ? toFailed(end) : end)
      if (job !== undefined) this.jobs.settle(lostWrites ? job.lost : job.kept)
    }
    const isOneInsert = end.logs.length === 0 && running.queued.length === 0 && job === undefined
    const written = isOneInsert ? this.batch.write(write) : this.batch.transaction(write)
    written.catch(() => {
      this.lateEnds.add(running, end)
    })
    return running.lostWrites ? written.then(throwLost) : written
  }

  /** Writes the pending rows of those running executions, so that a read shows them. */
  showRunning(isWanted: (execution: NewExecution) => boolean): void {
    for (const running of this.running.values()) {
      if (isWanted(running.execution)) this.savePendingRow(running)
    }
  }

  showOne(executionId: string): void {
    const running = this.running.get(executionId)
    if (running !== undefined) this.savePendingRow(running)
  }

  stop(): void {
    this.pendingTimer.stop()
    this.lateEnds.stop()
  }

  private appendRequest(part: RequestPart): void {
    this.append(part.request.executionId, (rowId, next) => {
      this.records.requests.insert(rowId, part)
      return next
    })
  }

  private append(executionId: string, part: Part): void {
    const running = this.running.get(executionId)
    if (running === undefined) {
      this.batch
        .transaction(() => {
          this.records.appendToFinished(executionId, part)
        })
        .catch(() => {})
      return
    }
    running.queued.push(part)
    this.save(running)
  }

  private savePendingRow(running: RunningExecution): void {
    if (running.rowId === undefined) this.save(running)
  }

  private save(running: RunningExecution): void {
    if (running.finished) return
    this.batch
      .transaction(() => {
        this.writePending(running)
      })
      .catch(() => {})
  }

  /**
   * A record that cannot be written must not fail the batch of the others; the `finish` of its execution meets the
   * error again.
   */
  private writeLinked(running: RunningExecution): void {
    try {
      if (running.rowId === undefined) this.writePending(running)
    } catch {}
  }

  /** Within a batch. */
  private writePending(running: RunningExecution): void {
    if (running.finished) return
    if (running.rowId !== undefined && running.queued.length === 0) return
    const wasInBatch = running.isInBatch
    this.records.writePending(running)
    if (running.isInBatch && !wasInBatch) this.inBatch.push(running)
  }

  private settleBatch(durable: boolean): void {
    for (const running of this.inBatch) running.settleBatch(durable)
    for (const running of this.linked) {
      running.linked = false
      if (!durable) running.lostWrites = true
    }
    this.inBatch = []
    this.linked = []
  }
}

function throwLost(): never {
  throw new MoonletError('WRITES_LOST', LOST)
}
