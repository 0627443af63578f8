/**
 * When an execution is over its time: that of the server, a shorter one of its function, or that of its caller; or
 * when this server may not go on with it.
 */
import type { Fault } from '../../core/contracts/records.js'
import type { Invocation } from '../invocation.js'
import { callerEndedFault, revokedFault, timeoutFault } from './exit-error.js'

/** Undefined: it has time left. `timeoutMs` is the server's limit. */
export function findOvertime(
  { job, callingRun }: Invocation,
  elapsedMs: number,
  timeoutMs: number
): Fault | undefined {
  if (callingRun?.isGone === true) return callerEndedFault
  if (job.caller?.isRevoked === true) return revokedFault
  const own = job.kind === 'invoke' ? job.fn.frontDoor?.timeout_seconds : undefined
  if (own !== undefined && own * 1000 < timeoutMs) {
    return elapsedMs >= own * 1000 ? timeoutFault(own, 'timeout_seconds') : undefined
  }
  return elapsedMs >= timeoutMs ? timeoutFault(timeoutMs / 1000) : undefined
}
