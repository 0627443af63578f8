import t from 'tap'
import { fromText } from '../../../core/base/binary.js'
import { returning, startRig } from '../rig.js'

t.test('a function runs and sees its context and event', async t => {
  const { body } = await startRig(t)
  const code = returning(
    'table.concat({ ctx.functionId, ctx.functionName, ctx.version, ctx.baseUrl, ctx.requestId, event.method, event.path, event.headers["X-A"], event.query.q, event.body }, "|")'
  )
  const text = await body(code, {
    fn: 'f1',
    event: {
      method: 'PUT',
      headers: { 'X-A': 'a' },
      query: { q: fromText('ä') },
      body: Buffer.from('bödy')
    }
  })
  t.equal(text, 'f1|name of f1|1|http://localhost:3000|request-1|PUT|/fn/f1|a|ä|bödy')
})

t.test('each way to fail is told by its kind', async t => {
  const { run } = await startRig(t)
  for (const [code, kind] of [
    ['function handler( x', 'syntax'],
    ['x = 1', 'no-handler'],
    ['error("at load")', 'load'],
    ['function handler() error("at run") end', 'runtime'],
    ['function handler() return 1 end', 'bad-return'],
    ['function handler() return { statusCode = 99 } end', 'bad-answer']
  ] as const) {
    t.equal((await run(code, { fn: kind })).fault?.kind, kind)
  }
  const hasty = await startRig(t, { timeoutMs: 300 })
  t.equal((await hasty.run('function handler() while true do end end')).fault?.kind, 'timeout')
})

t.test('a check tells what is wrong and where, and runs nothing', async t => {
  const { scheduler } = await startRig(t)
  t.match(await scheduler.run({ kind: 'check', executionId: 'c1', code: 'local x = = 1' }), {
    fault: { kind: 'syntax', line: 1 }
  })
  t.match(await scheduler.run({ kind: 'check', executionId: 'c2', code: 'error("not run")' }), {
    fault: undefined
  })
})
