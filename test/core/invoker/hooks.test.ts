import t from 'tap'
import type { InvocationRequest, Outcome } from '../../../core/contracts/invocation.js'
import type { InvokerHook } from '../../../core/contracts/invoker.js'
import { Refusal, runAfter, runBefore } from '../../../core/invoker/hooks.js'
import { functionRecord, versionRecord } from '../../helpers/function-record.js'

const event = {
  method: 'GET',
  path: '/fn/f',
  relativePath: '/',
  headers: {},
  query: {},
  body: new Uint8Array()
}
const request: InvocationRequest = {
  fn: functionRecord(),
  version: versionRecord('f'),
  trigger: 'http',
  event,
  requestId: 'r',
  record: true
}

/** Runs the hooks; gives the result and what was reported. */
async function before(...hooks: Array<InvokerHook['before']>) {
  const errors: unknown[] = []
  const result = await runBefore(
    hooks.map((before, i) => ({ name: `p${i}`, before })),
    request,
    'e',
    (plugin, error) => {
      errors.push([plugin, (error as Error).message])
    },
    50
  )
  return { result, errors }
}

t.test('each hook sees the event that the one before it gave', async t => {
  const seen: string[] = []
  const { result } = await before(
    request => {
      seen.push(request.event.method)
      return { ...request.event, method: 'PUT' }
    },
    async request => {
      seen.push(request.event.method)
    },
    undefined,
    async request => ({ ...request.event, path: `${request.event.path}/${request.event.method}` })
  )
  t.same(seen, ['GET', 'PUT'])
  t.match(result, { method: 'PUT', path: '/fn/f/PUT' })
})

t.test(
  'a promise of another library is waited for, whether it gives an event, a refusal, an error or nothing',
  async t => {
    const thenable = <T>(
      settle: (resolve: (value: T) => void, reject: (error: Error) => void) => void
    ) =>
      ({
        then: (resolve: (value: T) => void, reject: (error: Error) => void) => {
          setImmediate(settle, resolve, reject)
        }
      }) as unknown as Promise<T>
    t.match(
      await before(() =>
        thenable<undefined>(resolve => {
          resolve(undefined)
        })
      ),
      { result: event, errors: [] }
    )
    t.match(
      await before(() =>
        thenable(resolve => {
          resolve({ ...event, method: 'PUT' })
        })
      ),
      { result: { method: 'PUT' }, errors: [] }
    )
    t.same(
      (
        await before(() =>
          thenable(resolve => {
            resolve(new Refusal('no'))
          })
        )
      ).result,
      new Refusal("refused by plugin 'p0': no")
    )
    t.same(
      (
        await before(() =>
          thenable<undefined>((_resolve, reject) => {
            reject(new Error('rejected'))
          })
        )
      ).errors,
      [['p0', 'rejected']]
    )
  }
)

t.test('a refusal ends it, and names the plugin', async t => {
  const { result } = await before(
    () => undefined,
    async () => new Refusal('over quota'),
    () => {
      throw new Error('not reached')
    }
  )
  t.same(result, new Refusal("refused by plugin 'p1': over quota"))
})

t.test('a hook that throws, rejects or hangs refuses the execution, and is reported', async t => {
  for (const [hook, message] of [
    [
      () => {
        throw new Error('thrown')
      },
      'thrown'
    ],
    [
      async () => {
        throw new Error('rejected')
      },
      'rejected'
    ],
    [() => new Promise<undefined>(() => {}), 'the hook took longer than 0.05 s']
  ] as const) {
    const { result, errors } = await before(hook)
    t.same(result, new Refusal("refused because a hook of plugin 'p0' failed"))
    t.same(errors, [['p0', message]])
  }
})

t.test('what is no event is not used', async t => {
  for (const [given, message] of [
    [{}, "the event's method is no binary string"],
    [{ ...event, path: 'snow ☃' }, "the event's path is no binary string"],
    [{ ...event, headers: { A: 1 } }, "the event's headers are no binary strings by name"],
    [{ ...event, query: null }, "the event's query are no binary strings by name"],
    [{ ...event, body: 'text' }, "the event's body is no Uint8Array"]
  ] as const) {
    const { result, errors } = await before(() => given as never)
    t.ok(result instanceof Refusal)
    t.same(errors, [['p0', message]])
  }
})

t.test('after hooks run side by side, and a failing one harms no other', async t => {
  const seen: string[] = []
  const errors: unknown[] = []
  const hooks: InvokerHook[] = [
    {
      name: 'a',
      after: () => {
        throw new Error('thrown')
      }
    },
    { name: 'b' },
    {
      name: 'c',
      after: async ({ executionId }) => {
        seen.push(executionId)
      }
    }
  ]
  runAfter(hooks, { executionId: 'e' } as Outcome, request, (plugin, error) => {
    errors.push([plugin, (error as Error).message])
  })
  await new Promise(resolve => {
    setImmediate(resolve)
  })
  t.same(seen, ['e'])
  t.same(errors, [['a', 'thrown']])
})
