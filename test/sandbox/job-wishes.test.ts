/** What an attempt of a job knows of itself, and what it says about another one. */
import t from 'tap'
import { returning, startRig } from './rig.js'

const attempt = { id: 'j0000000000000000000', attempt: 3 }
const handler = (body: string): string => `function handler(ctx, event)\n${body}\nend`

t.test('ctx has the job and the attempt, and nothing of them in other runs', async t => {
  const { body } = await startRig(t)
  const code = returning('tostring(ctx.job_id) .. " " .. tostring(ctx.attempt)')
  t.equal(await body(code, { attempt, trigger: 'job' }), 'j0000000000000000000 3')
  t.equal(await body(code, { attempt, trigger: 'http' }), 'j0000000000000000000 3')
  t.equal(await body(code), 'nil nil')
  t.equal(await body(code, { trigger: 'cron' }), 'nil nil')
})

t.test('the last word counts, whatever the run ends with', async t => {
  const { run } = await startRig(t, { timeoutMs: 1000 })
  for (const [body, wish] of [
    ['return { body = tostring(ctx.retry_after(2.5)) }', { kind: 'retry', afterSeconds: 2.5 }],
    ['ctx.retry_after(0) return {}', { kind: 'retry', afterSeconds: 0 }],
    ['ctx:retry_after("7") return {}', { kind: 'retry', afterSeconds: 7 }],
    [
      'ctx.retry_after(1) ctx.give_up("bad order") return {}',
      { kind: 'give_up', reason: 'bad order' }
    ],
    ['ctx.give_up("no") ctx.retry_after(1) return {}', { kind: 'retry', afterSeconds: 1 }],
    ['ctx.give_up() return {}', { kind: 'give_up', reason: '' }],
    ['ctx.give_up("\\xc3\\xa9") return {}', { kind: 'give_up', reason: 'é' }],
    ['ctx.give_up("late") error("raised")', { kind: 'give_up', reason: 'late' }],
    ['ctx.give_up("endless") while true do end', { kind: 'give_up', reason: 'endless' }],
    ['ctx.retry_after(9) return "no table"', { kind: 'retry', afterSeconds: 9 }],
    ['return {}', undefined]
  ] as const) {
    const result = await run(handler(body), { attempt })
    t.strictSame(result.wish, wish, body)
  }
})

t.test('a word of one run is not that of the next', async t => {
  const { run } = await startRig(t, { settings: { SANDBOX_MAX: '1' } })
  const code = handler('if event.method == "PUT" then ctx.give_up("x") end return {}')
  t.same((await run(code, { attempt, event: { method: 'PUT' } })).wish, {
    kind: 'give_up',
    reason: 'x'
  })
  t.equal((await run(code, { attempt })).wish, undefined)
})

t.test('outside a job they say so, and have no effect', async t => {
  const { run, body } = await startRig(t)
  for (const call of ['ctx.retry_after(1)', 'ctx.give_up("x")']) {
    const code = returning(`table.concat({ tostring((${call})), (select(2, ${call})) }, " ")`)
    t.equal(await body(code), 'nil this run is not an attempt of a job')
    t.equal((await run(code)).wish, undefined)
  }
})

t.test('wrong arguments raise, in a job and outside', async t => {
  const { run, body } = await startRig(t)
  for (const [call, words] of [
    ['ctx.retry_after()', /'ctx.retry_after' \(seconds from 0 to 31622400 expected\)/],
    ['ctx.retry_after(-1)', /seconds from 0/],
    ['ctx.retry_after(0/0)', /seconds from 0/],
    ['ctx.retry_after(math.huge)', /seconds from 0/],
    ['ctx.retry_after("soon")', /seconds from 0/],
    ['ctx.retry_after("")', /seconds from 0/],
    ['ctx.retry_after({})', /seconds from 0/],
    ['ctx.give_up(print)', /'ctx.give_up' \(a reason of at most 8192 bytes expected\)/],
    ['ctx.give_up(("x"):rep(8193))', /at most 8192 bytes/]
  ] as const) {
    const code = handler(`return { body = select(2, pcall(function() ${call} end)) }`)
    t.match(await body(code, { attempt }), words, call)
    t.match(await body(code), words, call)
    t.equal((await run(code, { attempt })).wish, undefined)
  }
})

t.test('the methods are not fields: walking ctx does not meet them', async t => {
  const { body } = await startRig(t)
  const code = handler(`local found = {}
  for name, value in pairs(ctx) do if type(value) == "function" then found[#found + 1] = name end end
  return { body = #found .. type(ctx.retry_after) .. type(ctx.give_up) }`)
  t.equal(await body(code), '0functionfunction')
})

t.test('a flood of words is within the budget of calls', async t => {
  const { run } = await startRig(t)
  const { fault } = await run(handler('while true do ctx.retry_after(1) end'), { attempt })
  t.match(fault, { kind: 'limit', message: /more than 100000 calls/ })
})
