/**
 * Deadlock of calls between functions. A run that calls another one by `functions.call` keeps its process, which can do
 * nothing until the other one has ended. When all processes that work wait like this, and nothing in the queue may have
 * another process, none of them would go on before its deadline.
 */
import type { SandboxProcess } from '../process/sandbox-process.js'
import type { Invocation } from '../invocation.js'
import type { FairQueue } from './queue.js'

export interface StuckState {
  readonly busy: Iterable<Pick<SandboxProcess, 'invocations'>>
  readonly queue: Pick<FairQueue, 'heads' | 'all'>
  canAcquire(functionId: string): boolean
}

/**
 * The call that is to be rejected so that the others go on: the one that came last, since whatever it was made for has
 * done least. Undefined: something can go on as it is.
 */
export function findStuckCall(state: StuckState): Invocation | undefined {
  const { busy, queue } = state
  for (const { invocations } of busy) {
    if (invocations[0]?.waitsForRun !== true) return undefined
  }
  for (const [first] of queue.heads()) {
    if (state.canAcquire(first.functionId)) return undefined
  }
  let last: Invocation | undefined
  for (const invocation of queue.all()) {
    if (invocation.callingRun === undefined) continue
    if (last === undefined || invocation.queuedAt >= last.queuedAt) last = invocation
  }
  return last
}
