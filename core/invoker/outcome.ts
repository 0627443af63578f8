/** What came of an invocation: as its caller gets it, and as it is kept. */
import type { JobResult } from '../../sandbox/job.js'
import type { Answer, InvocationRequest, Outcome } from '../contracts/invocation.js'
import type { JobWish } from '../contracts/job-ends.js'
import type { Fault, LogEntry } from '../contracts/records.js'
import type { FinishedExecution, NewExecution } from '../contracts/executions.js'
import { errorText } from '../lua-advice/error-text.js'
import { moduleOf } from '../lua-advice/fault-place.js'
import { maskLogMessage } from '../masking/event.js'
import { maskFault } from '../masking/fault.js'
import { responseJson } from './response-json.js'
import type { StreamedAnswer } from './streamed-answer.js'

/** An end with neither an answer nor a fault is a defect of the server, and is reported as one. */
const noAnswer: Fault = { kind: 'protocol', message: 'the sandbox gave no answer' }

export function toOutcome(
  { fn, version }: InvocationRequest,
  executionId: string,
  result: JobResult,
  logs: readonly LogEntry[],
  stream?: StreamedAnswer
): Outcome {
  const raised = result.fault ?? (result.answer === undefined ? noAnswer : undefined)
  const module = raised && moduleOf(raised, version.modules)
  const placed = raised && module ? { ...raised, module: module.name } : raised
  const fault = placed && maskFault(placed, maskLogMessage)
  return {
    executionId,
    functionId: fn.id,
    versionId: version.id,
    durationMs: Math.round(result.durationMs),
    answer: fault === undefined ? result.answer : undefined,
    fault,
    stream: stream?.facts,
    errorMessage: fault === undefined ? undefined : errorText(fault, (module ?? version).code),
    logs,
    wish: result.wish && maskWish(result.wish)
  }
}

const maskWish = (wish: JobWish): JobWish =>
  wish.kind === 'give_up' ? { ...wish, reason: maskLogMessage(wish.reason) } : wish

/** An answer of 400 and more makes an `error`, but without a message. `kept`: what is stored of the answer. */
export function toFinished(
  execution: NewExecution,
  { answer, fault, errorMessage, durationMs, stream }: Outcome,
  kept: Answer | undefined,
  logs: readonly LogEntry[]
): FinishedExecution {
  return {
    id: execution.id,
    functionId: execution.functionId,
    versionId: execution.versionId,
    trigger: execution.trigger,
    eventJson: execution.eventJson,
    createdAt: execution.createdAt,
    ...(execution.jobId !== undefined && { jobId: execution.jobId, attempt: execution.attempt }),
    status: answer === undefined || answer.statusCode >= 400 ? 'error' : 'success',
    statusCode: answer?.statusCode,
    durationMs,
    errorMessage,
    fault,
    responseJson: kept === undefined ? undefined : responseJson(kept),
    stream,
    logs
  }
}
