/**
 * Masks the values of a function's variables in everything that is recorded of its executions: events, logs, errors,
 * requests to other services. All recording goes through it, so that no such value reaches the file.
 */
import type {
  AiRequestRecord,
  EmailRequestRecord,
  HttpRequestRecord,
  LogEntry
} from '../../../core/contracts/records.js'
import type { FinishedExecution, NewExecution } from '../../../core/contracts/executions.js'
import { maskUrlSecrets } from '../../../core/masking/event.js'
import { maskFault } from '../../../core/masking/fault.js'
import type { JobSettlement, JobSettlements } from '../../../core/contracts/job-ends.js'
import type { ExecutionRecorder } from './writer.js'
import type { SecretMask, SecretMasks } from '../secrets/secret-masks.js'

export class RedactingWriter implements ExecutionRecorder {
  /** Of running executions whose function has variables. */
  private readonly running = new Map<string, SecretMask>()

  constructor(
    private readonly writer: ExecutionRecorder,
    private readonly masks: Pick<SecretMasks, 'of'>
  ) {}

  begin(execution: NewExecution): void {
    const mask = this.masks.of(execution.functionId)
    if (mask === undefined) return this.writer.begin(execution)
    this.running.set(execution.id, mask)
    this.writer.begin({ ...execution, eventJson: maskWhole(execution.eventJson, mask) })
  }

  makeDurable(id: string): Promise<void> {
    return this.writer.makeDurable(id)
  }

  appendLogs(id: string, logs: readonly LogEntry[]): void {
    this.writer.appendLogs(id, maskLogs(logs, this.running.get(id)))
  }

  appendAiRequest(request: AiRequestRecord): void {
    this.writer.appendAiRequest(maskRequest(request, this.running.get(request.executionId)))
  }

  appendEmailRequest(request: EmailRequestRecord): void {
    this.writer.appendEmailRequest(maskRequest(request, this.running.get(request.executionId)))
  }

  appendHttpRequest(request: HttpRequestRecord): void {
    this.writer.appendHttpRequest(maskHttp(request, this.running.get(request.executionId)))
  }

  finish(end: FinishedExecution, job?: JobSettlements): Promise<void> {
    // A secret when the invocation began stays one to its end, even if the invocation itself has changed it.
    const maskAtBegin = this.running.get(end.id)
    this.running.delete(end.id)
    const maskNow = this.masks.of(end.functionId)
    return this.writer.finish(
      maskFinished(maskFinished(end, maskAtBegin), maskNow),
      job && maskSettlements(maskSettlements(job, maskAtBegin), maskNow)
    )
  }
}

const maskLogs = (logs: readonly LogEntry[], mask: SecretMask | undefined): readonly LogEntry[] =>
  mask === undefined
    ? logs
    : logs.map(entry => ({ ...entry, message: maskWhole(entry.message, mask) }))

/** The marks of texts that were cut, or that have a part that was: events and requests, saved responses, all others. */
const cutMark = /"truncated":true|\[TRUNCATED - Response exceeded 1MB\]|…/

/** A text that was cut may end within a secret. */
const maskWhole = (text: string, mask: SecretMask): string => mask(text, cutMark.test(text))

const maskText = (text: string | undefined, mask: SecretMask): string | undefined =>
  text === undefined ? undefined : maskWhole(text, mask)

function maskRequest<T extends AiRequestRecord | EmailRequestRecord>(
  request: T,
  mask: SecretMask | undefined
): T {
  if (mask === undefined) return request
  const { requestJson, responseJson, errorMessage } = request
  return {
    ...request,
    requestJson: maskWhole(requestJson, mask),
    responseJson: maskText(responseJson, mask),
    errorMessage: maskText(errorMessage, mask)
  }
}

function maskHttp(request: HttpRequestRecord, mask: SecretMask | undefined): HttpRequestRecord {
  if (mask === undefined) return request
  const { method, url, errorMessage } = request
  return {
    ...request,
    method: mask(method),
    url: maskUrlSecrets(url, mask),
    errorMessage: maskText(errorMessage, mask)
  }
}

function maskSettlements(job: JobSettlements, mask: SecretMask | undefined): JobSettlements {
  if (mask === undefined) return job
  return { kept: maskSettlement(job.kept, mask), lost: maskSettlement(job.lost, mask) }
}

function maskSettlement(settlement: JobSettlement, mask: SecretMask): JobSettlement {
  const { end } = settlement
  if (!('error' in end)) return settlement
  return { ...settlement, end: { ...end, error: maskText(end.error, mask) } }
}

function maskFinished(
  execution: FinishedExecution,
  mask: SecretMask | undefined
): FinishedExecution {
  if (mask === undefined) return execution
  const { eventJson, errorMessage, fault, responseJson, logs } = execution
  return {
    ...execution,
    eventJson: maskWhole(eventJson, mask),
    errorMessage: maskText(errorMessage, mask),
    fault: fault === undefined ? undefined : maskFault(fault, text => maskWhole(text, mask)),
    responseJson: maskText(responseJson, mask),
    logs: maskLogs(logs, mask)
  }
}
