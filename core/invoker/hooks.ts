/** Hooks around every execution, in the order they were added. */
import type { InvocationEvent, InvocationRequest, Outcome } from '../contracts/invocation.js'
import type { HookRefusal, InvokerHook } from '../contracts/invoker.js'
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
  let event = request.event
  for (const { name, before } of hooks) {
    if (before === undefined) continue
    try {
      const result = await inTime(before({ ...request, event }, executionId), timeoutMs)
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

/** A hook that hangs must not keep its caller for ever. */
async function inTime<T>(result: T | PromiseLike<T>, ms: number): Promise<T> {
  if (!isThenable(result)) return result
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`the hook took longer than ${ms / 1000} s`))
    }, ms)
  })
  return await Promise.race([Promise.resolve(result), late]).finally(() => {
    clearTimeout(timer)
  })
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
