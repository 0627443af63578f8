/**
 * The invoker: one invocation from its request to its durable record.
 *
 * Every run that a sandbox got has a record, also when the caller hangs up, the sandbox dies or the server is
 * stopped; runs that never got one (queue full, waited too long, server stopping, caller gone) have none. One that
 * got a process, was given back to the queue and is refused there ends as an error that says why. `invoke` settles
 * after the record is durable. Drafts (`record: false`) never touch the execution store.
 */
import type { JobResult, RunJob } from '../../sandbox/job.js'
import type { Pool } from '../../sandbox/scheduler/pool.js'
import type {
  CallNotice,
  ExecutionNotice,
  InvocationEvent,
  InvocationRequest,
  Invoker,
  Outcome
} from '../contracts/invocation.js'
import type { ExecutionStore, NewExecution } from '../contracts/executions.js'
import { MoonletError } from '../base/errors.js'
import { storedEvent } from './event-json.js'
import type { IdSource } from '../base/ids.js'
import { tellAll } from '../base/tell-all.js'
import { draftKey } from './draft-key.js'
import { createLogKeeper, type ExecutionLogs } from './execution-logs.js'
import { Refusal, runAfter, runBefore, type InvokerHook } from './hooks.js'
import { toFinished, toOutcome } from './outcome.js'

export interface InvokerOptions {
  readonly pool: Pick<
    Pool,
    'run' | 'refusal' | 'isLong' | 'park' | 'enterAll' | 'stop' | 'counts' | 'ends' | 'hostCalls'
  >
  readonly executions: Pick<ExecutionStore, 'begin' | 'appendLogs' | 'finish'>
  readonly ids: Pick<IdSource, 'next'>
  /** Takes out of an event what no function may get; the event as it is unless given. */
  readonly cleanEvent?: (event: InvocationEvent) => InvocationEvent
  /** Bytes that are stored of an event's body; see core/invoker/event-json.ts. */
  readonly eventLimit: number
  /** The first hooks; `addHook` adds to them. */
  readonly hooks?: readonly InvokerHook[]
  /** Gets what `print` of a function writes. */
  readonly onPrint: (functionId: string, executionId: string, line: string) => void
  readonly onHookError: (plugin: string, error: unknown) => void
  /** Gets why a record could not be written that nobody else is told of. */
  readonly onRecordError: (executionId: string, error: unknown) => void
}

/** The record of one execution, and whether its pending half was announced. */
interface Record {
  readonly execution: NewExecution
  begun: boolean
}

/** Makes an Invoker (core/contracts/invocation.ts). */
export function createInvoker(options: InvokerOptions): Invoker {
  const {
    pool,
    executions,
    ids,
    cleanEvent = event => event,
    eventLimit,
    onPrint,
    onHookError,
    onRecordError
  } = options
  const hooks = [...(options.hooks ?? [])]
  const logKeeper = createLogKeeper(executions.appendLogs)
  const listeners = new Set<(notice: ExecutionNotice) => void>()
  const callListeners: Array<(notice: CallNotice) => void> = []
  const active = new Set<Promise<unknown>>()

  function notify(phase: ExecutionNotice['phase'], executionId: string, functionId: string): void {
    tellAll(listeners, { phase, executionId, functionId })
  }

  async function invoke(given: InvocationRequest): Promise<Outcome> {
    const executionId = ids.next()
    const cleaned = cleanEvent(given.event)
    const request = cleaned === given.event ? given : { ...given, event: cleaned }
    const event =
      hooks.length === 0 ? request.event : await runBefore(hooks, request, executionId, onHookError)
    const logs = logKeeper.open(executionId, request.record)
    const stored = request.record
      ? storedEvent(event instanceof Refusal ? request.event : event, eventLimit)
      : ''
    const execution = newExecution(
      request,
      executionId,
      typeof stored === 'string' ? stored : await stored
    )
    const record: Record = { execution, begun: false }
    let result: JobResult
    try {
      result =
        event instanceof Refusal
          ? refused(event.reason)
          : await pool.run(toJob(request, event, record, logs))
    } catch (error) {
      // What has begun also ends, whoever refused it afterwards and why: its record never stays pending.
      if (record.begun) {
        await finish(request, record, refused(reasonOf(error)), logs).catch(failure => {
          onRecordError(executionId, failure)
        })
      } else logs.close()
      throw error
    }
    return await finish(request, record, result, logs)
  }

  /** The one end of every execution. Its record is durable before anybody hears of the outcome. */
  async function finish(
    request: InvocationRequest,
    { execution }: Record,
    result: JobResult,
    logs: ExecutionLogs
  ): Promise<Outcome> {
    const outcome = toOutcome(request, execution.id, result, logs.entries)
    const unwritten = logs.close()
    if (request.record) {
      await executions.finish(toFinished(execution, outcome, request.fn.saveResponse, unwritten))
      if (listeners.size > 0) notify('end', execution.id, request.fn.id)
    }
    if (hooks.length > 0) runAfter(hooks, outcome, request, onHookError)
    return outcome
  }

  function toJob(
    request: InvocationRequest,
    event: InvocationEvent,
    record: Record,
    logs: ExecutionLogs
  ): RunJob {
    const { fn, version, trigger, requestId, calledBy, place, caller } = request
    const executionId = record.execution.id
    return {
      kind: 'run',
      key: request.record ? version.id : draftKey(fn.id, version.code),
      executionId,
      fn,
      version,
      trigger,
      requestId,
      event,
      calledBy,
      place,
      caller,
      onStart() {
        if (request.record) begin(record)
      },
      onLog: logs.add,
      onPrint: line => {
        onPrint(fn.id, executionId, line)
      }
    }
  }

  /** A record that cannot be begun does not keep a run from its process: `finish` meets the same error, and tells it. */
  function begin(record: Record): void {
    record.begun = true
    const { execution } = record
    try {
      executions.begin(execution)
    } catch (error) {
      onRecordError(execution.id, error)
    }
    if (listeners.size > 0) notify('begin', execution.id, execution.functionId)
  }

  const tell = (notice: CallNotice): void => {
    tellAll(callListeners, notice)
  }

  return {
    refusal(functionId, trigger) {
      const error = pool.refusal(functionId)
      if (error !== undefined) tell(toCallNotice(trigger, undefined, error))
      return error
    },
    isLong: functionId => pool.isLong(functionId),
    park(functionId, trigger, call) {
      pool.park(functionId, {
        queuedAt: call.queuedAt,
        enter(place) {
          call.enter(place)
        },
        waits(leave) {
          call.waits(leave)
        },
        refuse(error) {
          tell(toCallNotice(trigger, undefined, error))
          call.refuse(error)
        }
      })
    },
    enterAll() {
      pool.enterAll()
    },
    invoke(request) {
      const outcome = invoke(request)
      active.add(outcome)
      const done = (ended: Outcome | undefined, error?: unknown): void => {
        active.delete(outcome)
        tell(toCallNotice(request.trigger, ended, error))
      }
      outcome.then(done, (error: unknown) => {
        done(undefined, error)
      })
      return outcome
    },
    async check(code, caller) {
      return (await pool.run({ kind: 'check', executionId: ids.next(), code, caller })).fault
    },
    addHook(hook) {
      hooks.push(hook)
    },
    onExecution(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    onCall(listener) {
      callListeners.push(listener)
    },
    hostCalls: () => pool.hostCalls(),
    ends: () => pool.ends(),
    counts: () => pool.counts(),
    async stop(graceMs) {
      await pool.stop(graceMs)
      await Promise.allSettled(active)
    }
  }
}

function newExecution(
  { fn, version, trigger }: InvocationRequest,
  id: string,
  eventJson: string
): NewExecution {
  return {
    id,
    functionId: fn.id,
    versionId: version.id,
    trigger,
    eventJson,
    createdAt: Math.floor(Date.now() / 1000)
  }
}

const toCallNotice = (
  trigger: string,
  outcome: Outcome | undefined,
  error: unknown
): CallNotice => ({
  trigger,
  outcome,
  refusal:
    error instanceof MoonletError ? error.code : error === undefined ? undefined : 'STORAGE_FAILED'
})

const refused = (reason: string): JobResult => ({
  answer: undefined,
  fault: { kind: 'refused', message: reason },
  durationMs: 0
})

/** Errors of ours are worded for people; of others the log of the server tells. */
const reasonOf = (error: unknown): string =>
  error instanceof MoonletError ? error.message : 'internal error: the log of the server says more'
