/** `ctx` and `event` of a run, which are made when the function looks into them. */
import t from 'tap'
import { returning, startRig } from './rig.js'

const event = {
  headers: { host: 'h', accept: 'a' },
  query: { q: '1' },
  details: { moreHeaders: ['accept', 'b'], moreQuery: ['q', '2'] }
}

t.test('what a run changes in one of its tables, no other table shows', async t => {
  const { body } = await startRig(t)
  const texts = (list: string) => `table.concat({ ${list} }, " ")`
  for (const [change, list, expected] of [
    [
      'event.headers.accept = "x"',
      'event.headersAll.accept[1], event.headersAll.accept[2], event.headers.accept',
      'a b x'
    ],
    ['event.headersAll.accept[1] = "x"', 'event.headers.accept, event:header("accept")', 'a a'],
    ['event.query.q = "x"', 'event.queryAll.q[1], event.queryAll.q[2], event.query.q', '1 2 x'],
    ['event.queryAll.q[1] = "x"', 'event.query.q', '1'],
    [
      'event.method = "PUT" ctx.trigger = "x"',
      'event.method, ctx.trigger, event.path',
      'PUT x /fn/f'
    ],
    ['event.headers = nil', 'tostring(event.headers), event.headersAll.host[1]', 'nil h'],
    ['ctx = nil', 'event.headers.host, tostring(ctx)', 'h nil']
  ] as const) {
    const code = `function handler(ctx, event) ${change} return { body = ${texts(list)} } end`
    t.equal(await body(code, { event }), expected, change)
    t.equal(await body(code, { event }), expected, `${change}, again`)
  }
})

t.test('runs that wait behind another one see their own', async t => {
  const { body } = await startRig(t, { settings: { SANDBOX_MAX: '1' } })
  const code = returning('ctx.executionId .. " " .. event.method .. " " .. event.body')
  const methods = Array.from({ length: 40 }, (_, i) => `M${i}`)
  const bodies = await Promise.all(
    methods.map(method =>
      body(code, {
        executionId: `id of ${method}`,
        event: { method, body: Buffer.from(method.repeat(50)) }
      })
    )
  )
  t.same(
    bodies,
    methods.map(method => `id of ${method} ${method} ${method.repeat(50)}`)
  )
})
