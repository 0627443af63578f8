/**
 * Writes executions as rarely as the promises allow. An invocation that ends soon is one row in the batch of its end.
 * Its pending row is written with the first value that it stores (in the same transaction), when it adds logs or
 * requests early, when somebody asks for it, or when it is still running after PENDING_AFTER_MS.
 */
import type {
  AiRequestRecord,
  EmailRequestRecord,
  HttpRequestRecord,
  LogEntry
} from '../../../../core/contracts/records.js'
import {
  MAX_HTTP_REQUESTS,
  type FinishedExecution,
  type NewExecution
} from '../../../../core/contracts/executions.js'
import { MoonletError } from '../../../../core/base/errors.js'
import { deferToTickEnd } from '../../../../core/base/tick.js'
import type { JobSettlement, JobSettlements } from '../../../../core/contracts/job-ends.js'
import { LateEnds } from '../../executions/late-ends.js'
import { LOST, toFailed } from '../../executions/lost-writes.js'
import { TwoGenerationTimer } from '../../executions/two-generation-timer.js'
import type { ExecutionRecorder } from '../../executions/writer.js'
import type { Batch } from '../db/batch.js'
import type { Database } from '../db/database.js'
import { ExecutionRows, type RowsContext } from './execution-rows.js'
import { RunningExecution, type Part } from './running.js'
import { checkUnsynced, UnsyncedWrites } from './unsynced-writes.js'

/** A row that has to be changed again costs the database as much as two: only runs that are really long get one. */
const PENDING_AFTER_MS = 100
const TAGS = ['executions']
const TAGS_WITH_JOB = ['executions', 'jobs']

export class ExecutionWriter implements ExecutionRecorder {
  private readonly running = new Map<string, RunningExecution>()
  /** Those whose next write of this tick belongs to them. */
  private linked: RunningExecution[] = []
  private readonly pendingTimer: TwoGenerationTimer<RunningExecution>
  private readonly lateEnds: LateEnds<RunningExecution>

  constructor(
    private readonly db: Database,
    private readonly context: RowsContext,
    private readonly settleJob: (batch: Batch, settlement: JobSettlement) => void
  ) {
    this.pendingTimer = new TwoGenerationTimer(PENDING_AFTER_MS, running => {
      if (!running.hasRow) this.save(running)
    })
    this.lateEnds = new LateEnds(
      (running, end) => this.write(running, toFailed(end)).catch(unlessEnded),
      running => running.hasRow
    )
  }

  begin(execution: NewExecution): void {
    const running = new RunningExecution(execution)
    this.running.set(execution.id, running)
    this.pendingTimer.add(running)
  }

  /** An execution that has begun and not finished. */
  find(executionId: string): RunningExecution | undefined {
    return this.running.get(executionId)
  }

  /** Within a batch, with a write of the execution: its row becomes durable no later. */
  addTo(batch: Batch, running: RunningExecution): void {
    batch.part(UnsyncedWrites, () => new UnsyncedWrites(this.db)).add(running)
    if (running.hasRow || (running.end !== undefined && batch.has(running.end))) return
    this.rowsOf(batch).pending(running)
  }

  /** What was written for the execution may be lost: then it has failed. */
  follow(running: RunningExecution, written: Promise<unknown>): void {
    written.catch((error: unknown) => {
      if (isLoss(error)) running.lostWrites = true
    })
  }

  /** The same for a write whose refusal nobody else hears of. */
  answerFor(running: RunningExecution, written: Promise<unknown>): void {
    written.catch(() => {
      running.lostWrites = true
    })
  }

  linkToExecution(executionId: string): void {
    const running = this.running.get(executionId)
    if (running === undefined) return
    if (!running.hasRow) this.save(running)
    if (this.linked.push(running) > 1) return
    deferToTickEnd(() => {
      this.linked = []
    })
  }

  /** A write of the executions that were linked in this tick. */
  followLinked<T>(written: Promise<T>): Promise<T> {
    for (const running of this.linked) this.follow(running, written)
    return written
  }

  async makeDurable(executionId: string): Promise<void> {
    const running = this.running.get(executionId)
    if (running !== undefined) await this.save(running)
  }

  appendLogs(executionId: string, logs: readonly LogEntry[]): void {
    this.append(executionId, { kind: 'logs', logs })
  }

  appendAiRequest(request: AiRequestRecord): void {
    this.append(request.executionId, { kind: 'ai', request })
  }

  appendEmailRequest(request: EmailRequestRecord): void {
    this.append(request.executionId, { kind: 'email', request })
  }

  appendHttpRequest(request: HttpRequestRecord): void {
    const running = this.running.get(request.executionId)
    if (running !== undefined && ++running.httpRequests > MAX_HTTP_REQUESTS) return
    this.append(request.executionId, { kind: 'http', request })
  }

  finish(end: FinishedExecution, job?: JobSettlements): Promise<void> {
    const running = this.running.get(end.id) ?? new RunningExecution(end)
    this.running.delete(end.id)
    running.isFinished = true
    const written = this.write(running, end, job)
    written.catch((error: unknown) => {
      if (isEnded(error)) this.keepParts(running, end)
      else if (!isLost(error)) this.lateEnds.add(running, end)
    })
    return written
  }

  /** Of an execution that others have ended: what it did until then is of use to whoever looks for the reason. */
  private keepParts(running: RunningExecution, { logs }: FinishedExecution): void {
    if (logs.length > 0) running.queued.push({ kind: 'logs', logs })
    if (running.queued.length > 0) this.addParts(running)
  }

  /** Writes the pending rows of those running executions, so that a read shows them. */
  showRunning(isWanted: (execution: NewExecution) => boolean): void {
    for (const running of this.running.values()) {
      if (!running.hasRow && isWanted(running.execution)) void this.save(running)
    }
  }

  showOne(executionId: string): void {
    const running = this.running.get(executionId)
    if (running !== undefined && !running.hasRow) void this.save(running)
  }

  stop(): void {
    this.pendingTimer.stop()
    this.lateEnds.stop()
  }

  private append(executionId: string, part: Part): void {
    const running = this.running.get(executionId)
    if (running !== undefined) {
      running.queued.push(part)
      void this.save(running)
      return
    }
    // One that has finished already, as imports have them.
    const finished = new RunningExecution({ ...unknown, id: executionId })
    finished.hasRow = true
    finished.queued.push(part)
    this.addParts(finished)
  }

  /** The parts that wait, to the row that is there. */
  private addParts(running: RunningExecution): void {
    const build = (batch: Batch) => {
      this.rowsOf(batch).pending(running)
      return () => {}
    }
    void this.db.write(TAGS, build, { lostAnswer: 'none' })
  }

  private save(running: RunningExecution): Promise<void> {
    const build = (batch: Batch) => {
      const isEnding = running.end !== undefined && batch.has(running.end)
      const isDone = running.hasRow && running.queued.length === 0
      if (!isEnding && !isDone && !running.isFinished) this.rowsOf(batch).pending(running)
      return () => {}
    }
    return this.db.write(TAGS, build, { lostAnswer: 'none' })
  }

  private write(running: RunningExecution, end: FinishedExecution, job?: JobSettlements) {
    const build = (batch: Batch, write: object) => {
      running.end = write
      if (checkUnsynced(running, this.db)) running.mayMissRow = running.hasRow
      const { lostWrites } = running
      this.rowsOf(batch).finish(running, lostWrites ? toFailed(end) : end)
      if (job !== undefined) this.settleJob(batch, lostWrites ? job.lost : job.kept)
      return () => {
        if (lostWrites) throw new MoonletError('WRITES_LOST', LOST)
      }
    }
    return this.db.write(job === undefined ? TAGS : TAGS_WITH_JOB, build, { lostAnswer: 'none' })
  }

  private rowsOf(batch: Batch): ExecutionRows {
    return batch.part(ExecutionRows, () => new ExecutionRows(this.context))
  }
}

/** An execution that has its end, by others or by this write, needs none any more. */
function unlessEnded(error: unknown): void {
  if (!isEnded(error) && !isLost(error)) throw error
}

const isEnded = (error: unknown): boolean =>
  error instanceof MoonletError && error.code === 'EXECUTION_ENDED'

const isLost = (error: unknown): boolean =>
  error instanceof MoonletError && error.code === 'WRITES_LOST'

/** The database did not keep the write; all other errors are the answer to it. */
const isLoss = (error: unknown): boolean =>
  !(error instanceof MoonletError) ||
  error.code === 'STORAGE_FAILED' ||
  error.code === 'DATABASE_UNAVAILABLE'

const unknown = { functionId: '', versionId: '', trigger: '', eventJson: '{}', createdAt: 0 }
