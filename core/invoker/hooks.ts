/** Hooks around every execution, in the order they were added. */
import type { InvocationEvent, InvocationRequest, Outcome } from '../contracts/invocation.js'

/** Said by a `before` hook: the function is not run, and the execution's record tells this reason. */
export class Refusal {
  constructor (readonly reason: string) {}
}

type BeforeResult = InvocationEvent | Refusal | undefined

export interface InvokerHook {
  /** The plugin's name, for messages. */
  readonly name: string
  /** Gives another event to run with, a Refusal, or nothing. What it throws counts as a refusal. */
  readonly before?: (request: InvocationRequest, executionId: string) => BeforeResult | Promise<BeforeResult>
  /** Sees the outcome once its record is durable. What it throws is logged. */
  readonly after?: (outcome: Outcome, request: InvocationRequest) => void | Promise<void>
}

type OnHookError = (plugin: string, error: unknown) => void

/** Runs all `before` hooks; each sees the event the one before it gave. */
export async function runBefore (hooks: readonly InvokerHook[], request: InvocationRequest, executionId: string, onError: OnHookError): Promise<InvocationEvent | Refusal> {
  let event = request.event
  for (const { name, before } of hooks) {
    try {
      const result = await before?.({ ...request, event }, executionId)
      if (result instanceof Refusal) return new Refusal(`refused by plugin '${name}': ${result.reason}`)
      if (result !== undefined) event = result
    } catch (error) {
      onError(name, error)
      return new Refusal(`refused because a hook of plugin '${name}' failed`)
    }
  }
  return event
}

/** Runs all `after` hooks side by side; nobody waits for them. */
export function runAfter (hooks: readonly InvokerHook[], outcome: Outcome, request: InvocationRequest, onError: OnHookError): void {
  for (const { name, after } of hooks) {
    if (after === undefined) continue
    Promise.resolve().then(() => after(outcome, request)).catch((error: unknown) => { onError(name, error) })
  }
}
