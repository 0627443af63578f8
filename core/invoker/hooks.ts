/** Hooks around every execution, in the order they were added. */
import type { InvocationEvent, InvocationRequest, Outcome } from '../contracts/invocation.js'
import type { HookRefusal, InvokerHook } from '../contracts/invoker.js'
import { inTime } from '../base/in-time.js'
import { isThenable } from '../base/thenable.js'
import { checkEvent } from './check-event.js'

/** Given by a `before` hook: the function is not run, and the record of the execution tells this reason. */
export class Refusal implements HookRefusal {
  constructor(readonly reason: string) {}
}

type OnHookError = (plugin: string, error: unknown) => void

const BEFORE_TIMEOUT_MS = 10_000

/** Runs all `before` hooks; each sees the event the one before it gave. */
export async function runBefore(
  hooks: readonly InvokerHook[],
  request: InvocationRequest,
  executionId: string,
  onError: OnHookError,
  timeoutMs = BEFORE_TIMEOUT_MS
): Promise<InvocationEvent | Refusal> {
  const tookTooLong = () => new Error(`the hook took longer than ${timeoutMs / 1000} s`)
  let event = request.event
  for (const { name, before } of hooks) {
    if (before === undefined) continue
    try {
      const given = before({ ...request, event }, executionId)
      // A hook that hangs must not keep its caller for ever.
      const result = isThenable(given) ? await inTime(given, timeoutMs, tookTooLong) : given
      if (result instanceof Refusal) {
        return new Refusal(`refused by plugin '${name}': ${result.reason}`)
      }
      if (result !== undefined) event = checkEvent(result as InvocationEvent)
    } catch (error) {
      onError(name, error)
      return new Refusal(`refused because a hook of plugin '${name}' failed`)
    }
  }
  return event
}

/** Runs all `after` hooks side by side; nobody waits for them. */
export function runAfter(
  hooks: readonly InvokerHook[],
  outcome: Outcome,
  request: InvocationRequest,
  onError: OnHookError
): void {
  for (const { name, after } of hooks) {
    if (after === undefined) continue
    Promise.resolve()
      .then(() => after(outcome, request))
      .catch((error: unknown) => {
        onError(name, error)
      })
  }
}
