/** The request a scheduled run sees. */
import { fromText } from '../../../core/base/binary.js'
import type { InvocationEvent } from '../../../core/contracts/invocation.js'
import type { FunctionRecord } from '../../../core/contracts/records.js'

const noBody = new Uint8Array(0)

/** `scheduled` is the time the run was due, in Unix seconds. */
export function toCronEvent(
  fn: FunctionRecord,
  schedule: string,
  scheduled: number
): InvocationEvent {
  return {
    method: 'POST',
    path: `/fn/${fn.id}`,
    relativePath: '/',
    headers: {
      'X-Trigger': 'cron',
      'X-Cron-Schedule': fromText(schedule),
      'X-Cron-Function-Id': fn.id,
      'X-Cron-Function-Name': fromText(fn.name),
      'X-Cron-Scheduled-Time': String(scheduled),
      'Content-Type': 'application/json'
    },
    query: {},
    body: noBody
  }
}
