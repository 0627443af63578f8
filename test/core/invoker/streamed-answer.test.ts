/** When a streamed answer leaves, on real sandboxes and a store that the test opens. */
import t, { type Test } from 'tap'
import type { StreamHead } from '../../../core/contracts/invocation.js'
import type { FinishedExecution } from '../../../core/contracts/executions.js'
import { createIdSource } from '../../../core/base/ids.js'
import { Invoker } from '../../../core/invoker/invoker.js'
import { functionRecord } from '../../helpers/function-record.js'
import { startRig } from '../../sandbox/rig.js'

const fn = functionRecord({ id: 'f', name: 'f' })

/** Runs the body of a stream while the pending record is as durable as `makeDurable` says. */
async function stream(t: Test, body: string, makeDurable: (steps: string[]) => Promise<void>) {
  const { scheduler } = await startRig(t)
  const steps: string[] = []
  const finished: FinishedExecution[] = []
  const invoker = new Invoker({
    scheduler,
    executions: {
      begin() {},
      makeDurable: () => makeDurable(steps),
      appendLogs() {},
      finish: async execution => {
        steps.push(execution.status)
        finished.push(execution)
      }
    },
    ids: createIdSource(),
    eventLimit: 65536,
    onPrint() {},
    onHookError() {},
    onRecordError() {}
  })
  const code = `function handler() return { statusCode = 201, body = function(write) ${body} end } end`
  const outcome = invoker.invoke({
    fn,
    version: { id: 'ver_f_v1', functionId: 'f', version: 1, code, createdAt: 0, isActive: true },
    trigger: 'http',
    requestId: 'r',
    record: true,
    event: {
      method: 'GET',
      path: '/fn/f',
      relativePath: '/',
      headers: {},
      query: {},
      body: new Uint8Array(0)
    },
    openStream: ({ statusCode, executionId }: StreamHead) => {
      steps.push(`head ${statusCode} ${typeof executionId}`)
      return {
        write: bytes => {
          steps.push(Buffer.from(bytes).toString())
        },
        whenReady: tell => {
          tell(true)
        }
      }
    }
  })
  return { outcome, steps, finished }
}

t.test('head, pieces and end come in their order, behind the durable pending record', async t => {
  const { outcome, steps } = await stream(t, 'write("a") write("b")', async steps => {
    await new Promise(setImmediate)
    steps.push('durable')
  })
  const { answer, stream: facts } = await outcome
  t.equal(answer?.statusCode, 201)
  t.equal(facts?.size, 2)
  t.strictSame(steps, ['durable', 'head 201 string', 'a', 'b', 'success'])
})

t.test('of a failure before the record is durable nothing leaves', async t => {
  const { outcome, steps } = await stream(t, 'error("no")', () => new Promise(() => {}))
  const { fault, stream: facts } = await outcome
  t.match(fault, { kind: 'runtime', message: /no/ })
  t.equal(facts, undefined)
  t.strictSame(steps, ['error'])
})

t.test('when the record cannot be made durable, nothing leaves and the run has failed', async t => {
  const { outcome, steps, finished } = await stream(
    t,
    'local ok, why = write("a") assert(not ok and why == "client closed")',
    async () => {
      throw new Error('disk full')
    }
  )
  await t.rejects(outcome, { message: 'disk full' })
  t.strictSame(steps, ['error'])
  t.match(finished[0]?.fault, { message: /could not keep that the execution had begun/ })
})
