/** The record of one invocation: begun and finished here and nowhere else. */
import type { JobResult } from '../../sandbox/job.js'
import { MoonletError, type ErrorCode } from '../base/errors.js'
import type { AnswerHead, InvocationRequest, Outcome } from '../contracts/invocation.js'
import type { ExecutionStore, NewExecution } from '../contracts/executions.js'
import type { Fault } from '../contracts/records.js'
import type { ExecutionLogs } from './execution-logs.js'
import { toFinished, toOutcome } from './outcome.js'
import { StreamedAnswer } from './streamed-answer.js'

/** What all executions need. */
export interface ExecutionContext {
  readonly executions: Pick<ExecutionStore, 'begin' | 'makeDurable' | 'finish'>
  /** Told of recorded executions alone. */
  readonly onPhase: (phase: 'begin' | 'end', executionId: string, functionId: string) => void
  /** Gets why a record could not be written that nobody else is told of. */
  readonly onRecordError: (executionId: string, error: unknown) => void
}

export class Execution {
  readonly id: string
  /** Its record has begun, and not ended yet. */
  isPending = false
  /** What came of it, once it has run or been refused; whether that is recorded, `finish` tells. */
  outcome: Outcome | undefined
  private stream: StreamedAnswer | undefined
  private readonly record: NewExecution

  constructor(
    private readonly context: ExecutionContext,
    private readonly request: InvocationRequest,
    readonly logs: ExecutionLogs,
    id: string,
    eventJson: string
  ) {
    const { fn, version, trigger, job } = request
    this.id = id
    this.record = {
      id,
      functionId: fn.id,
      versionId: version.id,
      trigger,
      eventJson,
      createdAt: Math.floor(Date.now() / 1000),
      ...(job && { jobId: job.id, attempt: job.attempt })
    }
  }

  /** A record that cannot be begun does not keep it from its process: `finish` meets the same error, and tells it. */
  begin(): void {
    if (!this.request.record) return
    this.isPending = true
    const { context, id } = this
    try {
      context.executions.begin(this.record)
    } catch (error) {
      context.onRecordError(id, error)
    }
    context.onPhase('begin', id, this.record.functionId)
  }

  /** Its answer has begun. The head goes on once the pending record is durable. */
  openStream(head: AnswerHead, startedAt: number): StreamedAnswer {
    const { context, id, request } = this
    const { fn, version, openStream, record } = request
    this.stream = new StreamedAnswer(head, {
      startedAt,
      durable: record ? context.executions.makeDurable(id) : undefined,
      receive:
        openStream &&
        (() => openStream({ ...head, executionId: id, functionId: fn.id, versionId: version.id })),
      keepsBody: record && fn.saveResponse
    })
    return this.stream
  }

  /** Resolves when the record is durable. */
  finish(result: JobResult): Promise<Outcome> {
    return this.stream === undefined ? this.write(result) : this.finishStream(this.stream, result)
  }

  private async finishStream(stream: StreamedAnswer, result: JobResult): Promise<Outcome> {
    const outcome = await this.write(await stream.end(result))
    stream.throwFailure()
    return outcome
  }

  private async write(result: JobResult): Promise<Outcome> {
    const { context, id, logs, record, request, stream } = this
    const outcome = toOutcome(request, id, result, logs.entries, stream)
    const unwritten = logs.close()
    if (!request.record) return outcome
    this.outcome = outcome
    const saved = request.fn.saveResponse ? (stream?.kept() ?? outcome.answer) : undefined
    const finished = toFinished(record, outcome, saved, unwritten)
    this.isPending = false
    request.beforeRecord?.()
    try {
      await context.executions.finish(finished, request.job?.settle(outcome))
    } catch (error) {
      return this.endAsRecorded(result, error)
    }
    context.onPhase('end', id, record.functionId)
    return outcome
  }

  /**
   * Where the record says another end than the run gave, its caller is told that one: other servers have marked it, or
   * what it stored is lost. Throws any other error; for a job too, which has an end of its own then.
   */
  private endAsRecorded(result: JobResult, error: unknown): Outcome {
    const { context, request, id, logs, stream } = this
    const kind = error instanceof MoonletError ? recordedEnds[error.code] : undefined
    if (kind === undefined || request.job !== undefined) throw error
    context.onPhase('end', id, request.fn.id)
    const fault: Fault = { kind, message: (error as MoonletError).message }
    return toOutcome(request, id, { ...result, answer: undefined, fault }, logs.entries, stream)
  }

  /** Ends what has begun and came to nothing, so that no record stays pending. Never rejects. */
  async abort(reason: unknown): Promise<Outcome | undefined> {
    try {
      return await this.finish(refused(describe(reason)))
    } catch (error) {
      this.isPending = false
      this.context.onRecordError(this.id, error)
      return undefined
    }
  }
}

/** Errors of a `finish` whose record is there, and says this. */
const recordedEnds: Partial<Record<ErrorCode, Fault['kind']>> = {
  EXECUTION_ENDED: 'interrupted',
  WRITES_LOST: 'runtime'
}

/** What becomes of an execution that no sandbox ran to its end. */
export const refused = (reason: string): JobResult => ({
  answer: undefined,
  fault: { kind: 'refused', message: reason },
  durationMs: 0
})

/** Our own errors are worded for people; the others are for the log of the server. */
const describe = (error: unknown): string =>
  error instanceof MoonletError ? error.message : 'internal error: the log of the server says more'
