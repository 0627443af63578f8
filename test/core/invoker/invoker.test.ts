import t, { type Test } from 'tap'
import type { InvocationRequest, RanExecution } from '../../../core/contracts/invocation.js'
import type { LogEntry } from '../../../core/contracts/records.js'
import type { FinishedExecution, NewExecution } from '../../../core/contracts/executions.js'
import { createIdSource } from '../../../core/base/ids.js'
import type { ExecutionNotice, InvokerHook } from '../../../core/contracts/invoker.js'
import { Refusal } from '../../../core/invoker/hooks.js'
import { Invoker } from '../../../core/invoker/invoker.js'
import { host, luaModule } from '../../../core/lua/module.js'
import { Nil } from '../../../core/lua/types/declare.js'
import { logModule } from '../../../plugins/lua/log/module.js'
import { eventually } from '../../helpers/eventually.js'
import { functionRecord } from '../../helpers/function-record.js'
import { startRig, type RigOptions } from '../../sandbox/rig.js'

const fn = functionRecord({ id: 'f', name: 'f' })

const toRequest = (code: string, change: Partial<InvocationRequest> = {}): InvocationRequest => ({
  fn,
  version: { id: `ver_f_${code}`, functionId: 'f', version: 1, code, createdAt: 0, isActive: true },
  trigger: 'http',
  requestId: 'r',
  record: true,
  event: {
    method: 'GET',
    path: '/fn/f',
    relativePath: '/',
    headers: { Authorization: 'Bearer secret-of-the-caller' },
    query: {},
    body: new Uint8Array(0)
  },
  ...change
})

/** An invoker on real processes, and what it writes. */
async function startInvoker(t: Test, hooks: InvokerHook[] = [], options: RigOptions = {}) {
  const { scheduler } = await startRig(t, options)
  const begun: NewExecution[] = []
  const finished: FinishedExecution[] = []
  const early: LogEntry[] = []
  const printed: string[] = []
  const invoker = new Invoker({
    scheduler,
    executions: {
      begin: execution => {
        begun.push(execution)
      },
      async makeDurable() {},
      appendLogs: (_id, logs) => {
        early.push(...logs)
      },
      finish: async execution => {
        finished.push(execution)
      }
    },
    ids: createIdSource(),
    eventLimit: 65_536,
    hooks,
    onPrint: (_fn, _id, line) => {
      printed.push(line)
    },
    onHookError() {},
    onRecordError() {}
  })
  return { invoker, scheduler, begun, finished, early, printed }
}

t.test('a run is recorded from its beginning to its end, masked', async t => {
  const { invoker, begun, finished, printed } = await startInvoker(t)
  const notices: ExecutionNotice[] = []
  invoker.onExecution(notice => {
    notices.push(notice)
  })
  const outcome = await invoker.invoke(
    toRequest(
      'function handler() log.warn("password: 12345678901") print("p") return { statusCode = 201, body = "made" } end'
    )
  )
  t.match(outcome, {
    answer: { statusCode: 201 },
    fault: undefined,
    errorMessage: undefined,
    logs: [{ level: 'warn', message: '[REDACTED]' }]
  })
  t.equal(begun[0]?.id, outcome.executionId)
  t.match(finished, [
    {
      id: outcome.executionId,
      functionId: 'f',
      trigger: 'http',
      status: 'success',
      statusCode: 201,
      errorMessage: undefined,
      responseJson: undefined,
      logs: [{ message: '[REDACTED]' }]
    }
  ])
  t.notMatch(finished[0]?.eventJson, /secret-of-the-caller/)
  t.same(
    notices.map(({ phase }) => phase),
    ['begin', 'end']
  )
  t.same(printed, ['p'])
})

t.test('an answer of 400 and more is an error without a message', async t => {
  const { invoker, finished } = await startInvoker(t)
  await invoker.invoke(toRequest('function handler() return { statusCode = 404 } end'))
  t.match(finished, [
    { status: 'error', statusCode: 404, errorMessage: undefined, fault: undefined }
  ])
})

t.test('a fault is an outcome with the text for people, and its record is an error', async t => {
  const { invoker, finished } = await startInvoker(t)
  const outcome = await invoker.invoke(toRequest('function handler()\n  error("boom")\nend'))
  t.match(outcome, {
    answer: undefined,
    fault: { kind: 'runtime' },
    errorMessage: /^Error at line 2: .*boom[\s\S]*> +2 \|/
  })
  t.match(finished, [
    {
      status: 'error',
      statusCode: undefined,
      fault: { kind: 'runtime' },
      errorMessage: outcome.errorMessage
    }
  ])
})

t.test('the response is kept only where the function says so, and cut at 1 MiB', async t => {
  const { invoker, finished } = await startInvoker(t)
  const outcome = await invoker.invoke(
    toRequest(
      'function handler() return { headers = { ["Set-Cookie"] = { "a=1", "b=2" } }, body = ("ä"):rep(600000) } end',
      { fn: { ...fn, saveResponse: true } }
    )
  )
  t.equal(outcome.answer?.body.length, 1_200_000)
  const kept = JSON.parse(finished[0]?.responseJson ?? '') as { body: string; headers: object }
  t.same(kept.headers, { 'Set-Cookie': ['a=1', 'b=2'] })
  t.equal(kept.body, `${'ä'.repeat(524288)}\n[TRUNCATED - Response exceeded 1MB]`)
})

t.test('a draft leaves no record and gives its logs', async t => {
  const { invoker, begun, finished, early } = await startInvoker(t)
  const outcome = await invoker.invoke(
    toRequest('function handler() log.info("seen") return { body = "draft" } end', {
      record: false
    })
  )
  t.match(outcome, { fault: undefined, logs: [{ level: 'info', message: 'seen' }] })
  t.same([begun, finished, early], [[], [], []])
})

t.test('a draft of other code never meets a process of the saved version', async t => {
  const { invoker } = await startInvoker(t)
  const saved = toRequest('function handler() return { body = "saved" } end')
  const draft = {
    ...saved,
    record: false,
    version: { ...saved.version, code: 'function handler() return { body = "draft" } end' }
  }
  for (const [request, expected] of [
    [saved, 'saved'],
    [draft, 'draft'],
    [saved, 'saved']
  ] as const) {
    t.equal(Buffer.from((await invoker.invoke(request)).answer?.body ?? []).toString(), expected)
  }
})

t.test('hooks may change the event, refuse, and see the outcome', async t => {
  const seen: Array<string | undefined> = []
  const { invoker, finished } = await startInvoker(t, [
    {
      name: 'guard',
      before: ({ event }) =>
        event.method === 'DELETE' ? new Refusal('read only') : { ...event, method: 'PATCH' },
      after: ({ fault }) => {
        seen.push(fault?.kind)
      }
    }
  ])
  const code = 'function handler(_, event) return { body = event.method } end'
  t.equal(
    Buffer.from((await invoker.invoke(toRequest(code))).answer?.body ?? []).toString(),
    'PATCH'
  )
  const refused = await invoker.invoke(
    toRequest(code, { event: { ...toRequest(code).event, method: 'DELETE' } })
  )
  t.match(refused.fault, { kind: 'refused', message: "refused by plugin 'guard': read only" })
  t.match(finished[1], { status: 'error', fault: { kind: 'refused' } })
  t.same(seen, [undefined, 'refused'])
})

t.test('a hook that fails refuses the run', async t => {
  const { invoker } = await startInvoker(t, [
    {
      name: 'broken',
      before() {
        throw new Error('no')
      }
    }
  ])
  t.match((await invoker.invoke(toRequest('function handler() return {} end'))).fault, {
    kind: 'refused',
    message: "refused because a hook of plugin 'broken' failed"
  })
})

t.test('a check finds the mistake without running anything', async t => {
  const { invoker, begun } = await startInvoker(t)
  t.match(await invoker.check('function handler('), { kind: 'syntax', line: 1 })
  t.equal(await invoker.check('error("not run")'), undefined)
  t.same(begun, [])
})

t.test('stop gives what runs its record, with the reason', async t => {
  const { invoker, scheduler, finished } = await startInvoker(t)
  const looping = invoker.invoke(toRequest('function handler() while true do end end'))
  while (scheduler.counts().busy === 0) {
    await new Promise(resolve => {
      setImmediate(resolve)
    })
  }
  await invoker.stop(50)
  t.match(await looping, { fault: { kind: 'stopped' } })
  t.match(finished, [{ status: 'error', fault: { kind: 'stopped' } }])
})

t.test(
  'a call that had begun and is refused in the queue ends as an error that says why, and its listeners hear of the end',
  async t => {
    const arrived: Array<() => void> = []
    const gate = luaModule('gate', {
      doc: 'Waits for a test.',
      functions: {
        wait: host({
          doc: 'Waits.',
          params: [],
          returns: Nil,
          example: 'return {}',
          run: () =>
            new Promise<undefined>(resolve => {
              arrived.push(() => {
                resolve(undefined)
              })
            })
        })
      }
    })
    const { invoker, begun, finished } = await startInvoker(t, [], {
      modules: [logModule(), gate],
      settings: { SANDBOX_MAX: '1', QUEUE_TIMEOUT: '1' }
    })
    const ends: string[] = []
    invoker.onExecution(({ phase, executionId }) => {
      if (phase === 'end') ends.push(executionId)
    })
    const code =
      'function handler(_, event) if event.path == "/slow" then gate.wait() end return {} end'
    const request = toRequest(code)
    for (let i = 0; i < 30; i++) await invoker.invoke(request)
    const slow = invoker.invoke({ ...request, event: { ...request.event, path: '/slow' } })
    await eventually(t, () => arrived.length, 1)
    await t.rejects(invoker.invoke(request), { code: 'QUEUE_TIMEOUT' })
    const late = begun.at(-1)
    t.match(finished.at(-1), {
      id: late?.id,
      status: 'error',
      fault: { kind: 'refused', message: /No sandbox was free within 1 seconds/ }
    })
    t.equal(ends.at(-1), late?.id)
    for (const open of arrived) open()
    await slow
    t.same(
      new Set(finished.map(({ id }) => id)),
      new Set(begun.map(({ id }) => id)),
      'all that began has ended'
    )
  }
)

t.test('a call that never got a sandbox has no record, whoever refused it', async t => {
  const { invoker, scheduler, begun, finished } = await startInvoker(t, [], {
    settings: { SANDBOX_MAX: '1', QUEUE_LIMIT: '0' }
  })
  const looping = invoker.invoke(toRequest('function handler() while true do end end'))
  await eventually(t, () => scheduler.counts().busy ?? 0, 1)
  await t.rejects(invoker.invoke(toRequest('function handler() return {} end')), {
    code: 'QUEUE_FULL'
  })
  const ran: RanExecution[] = []
  const gone = {
    isGone: true,
    onGone: () => () => {},
    signal: AbortSignal.abort(),
    onRejected: (execution: RanExecution) => ran.push(execution)
  }
  await t.rejects(invoker.invoke(toRequest('function handler() return {} end', { caller: gone })), {
    code: 'CALLER_GONE'
  })
  await invoker.stop(50)
  await looping
  await t.rejects(invoker.invoke(toRequest('function handler() return {} end')), {
    code: 'SERVER_STOPPING'
  })
  t.same([begun.length, finished.length, ran.length], [1, 1, 0])
})

t.test(
  'a run whose record cannot be begun is run and recorded all the same, and its sandbox stays of use',
  async t => {
    const { scheduler } = await startRig(t, { settings: { SANDBOX_MAX: '1' } })
    const [finished, failures]: [FinishedExecution[], unknown[]] = [[], []]
    const invoker = new Invoker({
      scheduler,
      executions: {
        begin() {
          throw new Error('no row')
        },
        async makeDurable() {},
        appendLogs() {},
        finish: async execution => {
          finished.push(execution)
        }
      },
      ids: createIdSource(),
      eventLimit: 65536,
      onPrint() {},
      onHookError() {},
      onRecordError: (_id, error) => {
        failures.push(error)
      }
    })
    for (let i = 0; i < 3; i++) await invoker.invoke(toRequest('function handler() return {} end'))
    t.same(
      finished.map(({ status }) => status),
      ['success', 'success', 'success']
    )
    t.equal(failures.length, 3)
    t.equal(scheduler.counts().busy, 0)
  }
)
