/**
 * Recall of pipelined invocations: what waits in a pipe behind one that turns out slow is revoked there and queued
 * again, so that another process may take it. The server has seen no effect of it, and from now on sees none; the
 * old process runs through it without effect (sandbox-process.ts).
 *
 * This is what makes pipes safe to fill: without it one slow invocation would hold up all behind it.
 */
import type { Invocation } from '../invocation.js'
import type { SandboxProcess } from '../process/sandbox-process.js'

/** An invocation that takes this long, transfers of large frames aside, holds up nobody in its pipe. */
const SLOW_MS = 25

/** Gives what was revoked from the process at `now` (of `performance.now()`), in order. */
export function recallPipelined(process: SandboxProcess, now: number): readonly Invocation[] {
  const [head, next] = process.invocations
  if (head === undefined || next === undefined || next.isRevoked) return []
  const isSlow = head.mayLast || process.workedFor(now) > SLOW_MS
  return isSlow ? process.revokeQueued() : []
}
