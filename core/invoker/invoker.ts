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
import type { MaybePromise } from '../base/maybe-promise.js'
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

/** What an invocation needs before it can run. */
interface PreparedRun {
  readonly request: InvocationRequest
  /** As the hooks left it, or why one of them refused it. */
  readonly event: InvocationEvent | Refusal
  readonly execution: Execution
}

export class Invoker implements contract.Invoker {
  private readonly hooks: contract.InvokerHook[]
  private readonly logKeeper: ReturnType<typeof createLogKeeper>
  private readonly context: ExecutionContext
  private readonly executionListeners = new Set<(notice: contract.ExecutionNotice) => void>()
  private readonly callListeners: Array<(notice: contract.CallNotice) => void> = []
  /** Invocations that have not ended. */
  private running = 0
  private notifyIdle: (() => void) | undefined

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

  /**
   * One function for all of it, since each `async` one in between costs a call some promises. What has begun ends,
   * whatever happens.
   */
  async invoke(given: InvocationRequest): Promise<Outcome> {
    this.running++
    let prepared: PreparedRun | undefined
    try {
      const preparing = this.prepare(given)
      prepared = preparing instanceof Promise ? await preparing : preparing
      const { request, event, execution } = prepared
      const result =
        event instanceof Refusal
          ? refused(event.reason)
          : await this.options.scheduler.run(this.toJob(request, event, execution))
      const outcome = await execution.finish(result)
      runAfter(this.hooks, outcome, request, this.options.onHookError)
      this.notifyCall(given.trigger, given.fn.id, outcome)
      return outcome
    } catch (error) {
      if (prepared?.execution.isPending === true) await this.abort(prepared, error)
      const ran = prepared?.execution.outcome
      if (ran !== undefined) given.caller?.onRejected?.(ran)
      this.notifyCall(given.trigger, given.fn.id, undefined, error)
      throw error
    } finally {
      if (--this.running === 0) this.notifyIdle?.()
    }
  }

  async check(code: string, caller?: Caller): Promise<Fault | undefined> {
    const { scheduler, ids } = this.options
    return (await scheduler.run({ kind: 'check', executionId: ids.next(), code, caller })).fault
  }

  addHook(hook: contract.InvokerHook): void {
    this.hooks.push(hook)
  }

  get hasHooks(): boolean {
    return this.hooks.length > 0
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
    if (this.running === 0) return
    await new Promise<void>(resolve => {
      this.notifyIdle = resolve
    })
  }

  /** A promise only where there are hooks to wait for, or a large body to hash. */
  private prepare(given: InvocationRequest): MaybePromise<PreparedRun> {
    const executionId = given.job?.executionId ?? this.options.ids.next()
    const request = this.clean(given)
    if (this.hooks.length > 0) return this.prepareWithHooks(request, executionId)
    const { event } = request
    const stored = this.storedEvent(request, event)
    return stored instanceof Promise
      ? stored.then(eventJson => this.open(request, event, executionId, eventJson))
      : this.open(request, event, executionId, stored)
  }

  private async prepareWithHooks(
    request: InvocationRequest,
    executionId: string
  ): Promise<PreparedRun> {
    const event = await runBefore(this.hooks, request, executionId, this.options.onHookError)
    const kept = event instanceof Refusal ? request.event : event
    return this.open(request, event, executionId, await this.storedEvent(request, kept))
  }

  private storedEvent(request: InvocationRequest, event: InvocationEvent): MaybePromise<string> {
    return request.record ? storedEvent(event, this.options.eventLimit) : ''
  }

  private open(
    request: InvocationRequest,
    event: InvocationEvent | Refusal,
    executionId: string,
    eventJson: string
  ): PreparedRun {
    const logs = this.logKeeper.open(executionId, request.record)
    const execution = new Execution(this.context, request, logs, executionId, eventJson)
    return { request, event, execution }
  }

  private async abort({ request, execution }: PreparedRun, reason: unknown): Promise<void> {
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
