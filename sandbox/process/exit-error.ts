/** The end of a process that the server did not order, as the fault of the execution it was busy with. */
import type { Fault } from '../../core/contracts/records.js'
import type { ProcessOptions } from './process-options.js'

/** Signals and codes with which Node ends when memory cannot be had. */
const outOfMemory: ReadonlySet<string | number> = new Set([
  'SIGABRT',
  'SIGTRAP',
  'SIGILL',
  133,
  134
])

/** What `onInternalError` is told of where a process was killed that ran something, and not by the server. */
export const SANDBOX_KILLED = 'sandbox killed'

/**
 * `memoryMb` is SANDBOX_MEMORY_MB; the process's own limit, whatever less its functions may have. The log is told of a
 * process that was killed.
 */
export function exitFault(
  code: number | null | undefined,
  signal: string | null | undefined,
  { memoryMb, onInternalError }: Pick<ProcessOptions, 'memoryMb' | 'onInternalError'>
): Fault {
  const how = signal ?? code ?? 'unknown'
  if (outOfMemory.has(how)) {
    return { kind: 'memory', message: `not enough memory (SANDBOX_MEMORY_MB is ${memoryMb})` }
  }
  if (signal === 'SIGKILL') {
    onInternalError(SANDBOX_KILLED, undefined)
    return {
      kind: 'crash',
      message:
        'the sandbox process closed its channel or was killed from outside (SIGKILL), ' +
        'perhaps because the machine ran out of memory'
    }
  }
  if (signal === 'SIGSEGV') {
    return {
      kind: 'crash',
      message:
        'the sandbox process ended unexpectedly (SIGSEGV), ' +
        `perhaps for want of memory (SANDBOX_MEMORY_MB is ${memoryMb})`
    }
  }
  return {
    kind: 'crash',
    message: `the sandbox process ended unexpectedly (${signal ?? `exit code ${code ?? 'unknown'}`})`
  }
}

/**
 * A fault that Lua raised itself; one of memory gets the name of the limit: the function's own, or the setting.
 */
export function withLimitName(fault: Fault, memoryMb: number, ownMemoryMb?: number): Fault {
  if (fault.kind !== 'memory') return fault
  const isOwn = ownMemoryMb !== undefined && ownMemoryMb < memoryMb
  const limit = isOwn ? `memory_mb is ${ownMemoryMb}` : `SANDBOX_MEMORY_MB is ${memoryMb}`
  return { ...fault, message: `${fault.message} (${limit})` }
}

/** `name` is that of the limit: the setting, or the function's own. */
export const timeoutFault = (seconds: number, name = 'EXECUTION_TIMEOUT'): Fault => {
  const unit = seconds === 1 ? 'second' : 'seconds'
  return { kind: 'timeout', message: `execution timed out after ${seconds} ${unit} (${name})` }
}

/** Of a run that another one called by `functions.call`. */
export const callerEndedFault: Fault = {
  kind: 'timeout',
  message: 'the run that called this function ended, and this one with it'
}

/** Of a run that another server on the same data may begin again. */
export const revokedFault: Fault = {
  kind: 'interrupted',
  message: 'the server was cut off from the database for so long that others may take this over'
}

export const protocolFault = (reason: string): Fault => ({
  kind: 'protocol',
  message: `the sandbox process broke the protocol: ${reason}`
})

export const stoppedFault: Fault = {
  kind: 'stopped',
  message: 'the server was stopped before the execution ended'
}
