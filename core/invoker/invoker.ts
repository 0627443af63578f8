/**
 * The invoker: one invocation from its request to its durable record.
 *
 * Every execution that a sandbox got has a record, also when the caller hangs up, the sandbox dies or the server is
 * stopped. Invocations that never got one (queue full, waited too long, server stopping, caller gone) have none;
 * one that got a process, was queued again and is rejected there ends as an error that says why. `invoke` settles
 * after the record is durable. Drafts (`record: false`) never touch the execution store.
 */
import type { InvokeJob } from '../../sandbox/job.js'
import type { Scheduler } from '../../sandbox/scheduler/scheduler.js'
import type * as contract from '../contracts/invoker.js'
import type {
  Caller,
  InvocationEvent,
  InvocationRequest,
  Outcome
} from '../contracts/invocation.js'
import type { Fault } from '../contracts/records.js'
import type { ExecutionStore } from '../contracts/executions.js'
import { MoonletError } from '../base/errors.js'
import { storedEvent } from './event-json.js'
import type { IdSource } from '../base/ids.js'
import { tellAll } from '../base/tell-all.js'
import { bindingKey } from './binding-key.js'
import { Execution, refused, type ExecutionContext } from './execution.js'
import { createLogKeeper } from './execution-logs.js'
import { Refusal, runAfter, runBefore } from './hooks.js'

export interface InvokerOptions {
  readonly scheduler: Pick<Scheduler, 'run' | 'stop'>
  readonly executions: Pick<ExecutionStore, 'begin' | 'makeDurable' | 'appendLogs' | 'finish'>
  readonly ids: Pick<IdSource, 'next'>
  /** Takes out of an event what no function may get; the event as it is unless given. */
  readonly cleanEvent?: (event: InvocationEvent) => InvocationEvent
  /** Bytes that are stored of an event's body; see core/invoker/event-json.ts. */
  readonly eventLimit: number
  /** The first hooks; `addHook` adds to them. */
  readonly hooks?: readonly contract.InvokerHook[]
  /** Gets what `print` of a function writes. */
  readonly onPrint: (functionId: string, executionId: string, line: string) => void
  readonly onHookError: (plugin: string, error: unknown) => void
  /** Gets why a record could not be written that nobody else is told of. */
  readonly onRecordError: (executionId: string, error: unknown) => void
}

export class Invoker implements contract.Invoker {
  private readonly hooks: contract.InvokerHook[]
  private readonly logKeeper: ReturnType<typeof createLogKeeper>
  private readonly context: ExecutionContext
  private readonly executionListeners = new Set<(notice: contract.ExecutionNotice) => void>()
  private readonly callListeners: Array<(notice: contract.CallNotice) => void> = []
  private readonly active = new Set<Promise<unknown>>()

  constructor(private readonly options: InvokerOptions) {
    const { executions, onRecordError } = options
    this.hooks = [...(options.hooks ?? [])]
    this.logKeeper = createLogKeeper((id, logs) => executions.appendLogs(id, logs))
    this.context = {
      executions,
      onRecordError,
      onPhase: (phase, executionId, functionId) => {
        if (this.executionListeners.size === 0) return
        tellAll(this.executionListeners, { phase, executionId, functionId })
      }
    }
  }

  invoke(request: InvocationRequest): Promise<Outcome> {
    const outcome = this.run(request)
    this.active.add(outcome)
    outcome.then(
      ended => {
        this.active.delete(outcome)
        this.notifyCall(request.trigger, request.fn.id, ended)
      },
      (error: unknown) => {
        this.active.delete(outcome)
        this.notifyCall(request.trigger, request.fn.id, undefined, error)
      }
    )
    return outcome
  }

  async check(code: string, caller?: Caller): Promise<Fault | undefined> {
    const { scheduler, ids } = this.options
    return (await scheduler.run({ kind: 'check', executionId: ids.next(), code, caller })).fault
  }

  addHook(hook: contract.InvokerHook): void {
    this.hooks.push(hook)
  }

  onExecution(listener: (notice: contract.ExecutionNotice) => void): () => void {
    this.executionListeners.add(listener)
    return () => {
      this.executionListeners.delete(listener)
    }
  }

  onCall(listener: (notice: contract.CallNotice) => void): void {
    this.callListeners.push(listener)
  }

  noteRejection(trigger: string, error: unknown, functionId?: string): void {
    this.notifyCall(trigger, functionId, undefined, error)
  }

  async stop(graceMs: number): Promise<void> {
    await this.options.scheduler.stop(graceMs)
    await Promise.allSettled(this.active)
  }

  private async run(given: InvocationRequest): Promise<Outcome> {
    const executionId = given.job?.executionId ?? this.options.ids.next()
    const request = this.clean(given)
    const { hooks } = this
    const { onHookError } = this.options
    const event =
      hooks.length === 0 ? request.event : await runBefore(hooks, request, executionId, onHookError)
    const kept = event instanceof Refusal ? request.event : event
    const stored = request.record ? storedEvent(kept, this.options.eventLimit) : ''
    const execution = new Execution(
      this.context,
      request,
      this.logKeeper.open(executionId, request.record),
      executionId,
      typeof stored === 'string' ? stored : await stored
    )
    const outcome = await this.runRecorded(request, event, execution)
    if (hooks.length > 0) runAfter(hooks, outcome, request, onHookError)
    return outcome
  }

  /** The beginning and the end of every record: what has begun ends, whatever happens. */
  private async runRecorded(
    request: InvocationRequest,
    event: InvocationEvent | Refusal,
    execution: Execution
  ): Promise<Outcome> {
    let reason: unknown
    try {
      if (event instanceof Refusal) return await execution.finish(refused(event.reason))
      const result = await this.options.scheduler.run(this.toJob(request, event, execution))
      return await execution.finish(result)
    } catch (error) {
      reason = error
      throw error
    } finally {
      if (execution.isPending) await this.abort(request, execution, reason)
    }
  }

  private async abort(
    request: InvocationRequest,
    execution: Execution,
    reason: unknown
  ): Promise<void> {
    const outcome = await execution.abort(reason)
    if (outcome !== undefined) runAfter(this.hooks, outcome, request, this.options.onHookError)
  }

  private clean(request: InvocationRequest): InvocationRequest {
    const { cleanEvent } = this.options
    const event = cleanEvent === undefined ? request.event : cleanEvent(request.event)
    return event === request.event ? request : { ...request, event }
  }

  private toJob(
    request: InvocationRequest,
    event: InvocationEvent,
    execution: Execution
  ): InvokeJob {
    const { fn, version, trigger, requestId, caller, job } = request
    const { onPrint } = this.options
    return {
      kind: 'invoke',
      bindingKey: bindingKey(request),
      executionId: execution.id,
      fn,
      version,
      trigger,
      requestId,
      attempt: job,
      event,
      caller,
      onStart() {
        execution.begin()
      },
      onStream: (head, startedAt) => execution.openStream(head, startedAt),
      onLog: execution.logs.add,
      onPrint: line => {
        onPrint(fn.id, execution.id, line)
      }
    }
  }

  private notifyCall(
    trigger: string,
    functionId: string | undefined,
    outcome: Outcome | undefined,
    error?: unknown
  ): void {
    const refusal = error === undefined ? undefined : codeOf(error)
    tellAll(this.callListeners, { trigger, functionId, outcome, refusal })
  }
}

const codeOf = (error: unknown) =>
  error instanceof MoonletError ? error.code : ('STORAGE_FAILED' as const)
