/** What a host function learns of its invocation, for calling one without a sandbox. */
import type { LogLevel } from '../../core/contracts/records.js'
import type { HostCall } from '../../core/lua/module.js'

export function hostCall(
  change: Partial<HostCall> = {}
): HostCall & { readonly logged: Array<[LogLevel, string]> } {
  const logged: Array<[LogLevel, string]> = []
  return {
    functionId: 'f0000000000000000000',
    functionName: 'a function',
    versionId: 'ver_f0000000000000000000_v1',
    executionId: 'e0000000000000000000',
    trigger: 'http',
    signal: new AbortController().signal,
    count() {},
    asCaller() {
      throw new Error('no function is called')
    },
    log: (level, message) => {
      logged.push([level, message])
    },
    logged,
    ...change
  }
}
