/**
 * The writer of executions, with the values of a function's variables masked in everything it is given: events,
 * logs, errors, requests to other services. Whoever writes, none of them reaches the file.
 */
import type {
  AiRequestRecord,
  EmailRequestRecord,
  Fault,
  HttpRequestRecord,
  LogEntry
} from '../../../core/contracts/records.js'
import type { FinishedExecution } from '../../../core/contracts/executions.js'
import { maskUrlSecrets } from '../../../core/masking/event.js'
import type { ExecutionWriter } from './writer.js'
import type { SecretMask, SecretMasks } from '../secrets/secret-masks.js'

export function maskedWriter(writer: ExecutionWriter, masks: SecretMasks): ExecutionWriter {
  /** Of runs that go on and have something to mask. */
  const running = new Map<string, SecretMask>()

  return {
    ...writer,
    begin(execution) {
      const mask = masks.of(execution.functionId)
      if (mask === undefined) return writer.begin(execution)
      running.set(execution.id, mask)
      writer.begin({ ...execution, eventJson: maskWhole(execution.eventJson, mask) })
    },
    appendLogs(id, logs) {
      writer.appendLogs(id, maskLogs(logs, running.get(id)))
    },
    appendAiRequest(request) {
      writer.appendAiRequest(maskRequest(request, running.get(request.executionId)))
    },
    appendEmailRequest(request) {
      writer.appendEmailRequest(maskRequest(request, running.get(request.executionId)))
    },
    appendHttpRequest(request) {
      writer.appendHttpRequest(maskHttp(request, running.get(request.executionId)))
    },
    finish(execution) {
      // What was a secret when the run began is one to its end, also if the run has changed it.
      const begunWith = running.get(execution.id)
      running.delete(execution.id)
      return writer.finish(
        [begunWith, masks.of(execution.functionId)].reduce(maskFinished, execution)
      )
    }
  }
}

const maskLogs = (logs: readonly LogEntry[], mask: SecretMask | undefined): readonly LogEntry[] =>
  mask === undefined
    ? logs
    : logs.map(entry => ({ ...entry, message: maskWhole(entry.message, mask) }))

/** How texts say of themselves, or of a part, that they were cut: events and requests, saved responses, all others. */
const cutMark = /"truncated":true|\[TRUNCATED - Response exceeded 1MB\]|…/

/** What was cut may end within a secret. */
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
    fault: maskFault(fault, mask),
    responseJson: maskText(responseJson, mask),
    logs: maskLogs(logs, mask)
  }
}

function maskFault(fault: Fault | undefined, mask: SecretMask): Fault | undefined {
  if (fault === undefined) return undefined
  const { message, traceback } = fault
  const masked = { ...fault, message: maskWhole(message, mask) }
  return traceback === undefined ? masked : { ...masked, traceback: maskWhole(traceback, mask) }
}
