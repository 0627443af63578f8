/** Tells the history of a scheduled run that never began. */
import { errorText } from '../../../core/lua-advice/error-text.js'
import { storedEvent } from '../../../core/invoker/event-json.js'
import type { IdSource } from '../../../core/base/ids.js'
import type { InvocationEvent } from '../../../core/contracts/invocation.js'
import type { Fault, FunctionRecord, VersionRecord } from '../../../core/contracts/records.js'
import type { ExecutionStore } from '../../../core/contracts/executions.js'

export type FailureRecorder = (
  target: { readonly fn: FunctionRecord; readonly active: VersionRecord },
  event: InvocationEvent,
  kind: Extract<Fault['kind'], 'skipped' | 'refused'>,
  message: string
) => Promise<void>

interface Parts {
  readonly executions: Pick<ExecutionStore, 'begin' | 'finish'>
  readonly ids: Pick<IdSource, 'next'>
  /** Bytes that are stored of an event's body. */
  readonly eventLimit: number
  readonly now: () => number
}

export function createFailureRecorder({
  executions,
  ids,
  eventLimit,
  now
}: Parts): FailureRecorder {
  return async ({ fn, active }, event, kind, message) => {
    const fault = { kind, message }
    const execution = {
      id: ids.next(),
      functionId: fn.id,
      versionId: active.id,
      trigger: 'cron',
      eventJson: await storedEvent(event, eventLimit),
      createdAt: Math.floor(now() / 1000)
    }
    executions.begin(execution)
    await executions.finish({
      ...execution,
      status: 'error',
      durationMs: 0,
      errorMessage: errorText(fault, active.code),
      fault,
      responseJson: undefined,
      logs: []
    })
  }
}
