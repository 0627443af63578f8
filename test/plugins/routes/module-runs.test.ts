/** Functions that load shared modules, in real sandboxes. */
import t from 'tap'
import { buildApi } from '../../helpers/api.js'

// One server for all: each test has modules of its own.
const { call, create } = await buildApi(t)

let count = 0

/** Gives the module's id and a name that no other test has. */
async function share(code: string, wanted?: string) {
  const name = wanted ?? `m${++count}`
  const { status, json, text } = await call('POST', '/api/modules', { name, code })
  if (status !== 201) throw new Error(`creating a module gave ${status} ${text}`)
  return { id: String(json.id), name }
}

const change = (id: string, code: string) => call('PUT', `/api/modules/${id}`, { code })
const handler = (top: string, body: string) => `${top}\nfunction handler()\n  ${body}\nend`
const bodyOf = async (fn: string) => (await call('GET', `/fn/${fn}`)).text

/** The error of the function's newest execution. */
async function errorOf(fn: string) {
  await call('GET', `/fn/${fn}`)
  const { json } = await call('GET', `/api/functions/${fn}/executions?limit=1`)
  return (await call('GET', `/api/executions/${json.executions[0].id}`)).json
}

t.test('a change of a module is in the next run of those who require it', async t => {
  const tax = await share('return { rate = 1 }')
  const shop = await share(`local tax = require("${tax.name}")\nreturn { rate = tax.rate }`)
  const direct = await create({
    code: handler(`local m = require("${tax.name}")`, 'return { body = tostring(m.rate) }')
  })
  const through = await create({
    code: handler(`local m = require("${shop.name}")`, 'return { body = tostring(m.rate) }')
  })
  t.same([await bodyOf(direct), await bodyOf(through)], ['1', '1'])
  await change(tax.id, 'return { rate = 2 }')
  t.same([await bodyOf(direct), await bodyOf(through)], ['2', '2'])
  await call('POST', `/api/modules/${tax.id}/versions/1/activate`)
  t.same([await bodyOf(direct), await bodyOf(through)], ['1', '1'])
  t.equal((await call('GET', `/api/functions/${direct}/versions`)).json.pagination.total, 1)
})

t.test('a module begins anew in each run, and is loaded once within it', async t => {
  const { name } = await share('loads = (loads or 0) + 1\nreturn { count = 0, name = ... }')
  const fn = await create({
    code: handler(
      `local m = require("${name}")`,
      `m.count = m.count + 1 + require("${name}").count
       return { body = m.count .. " " .. loads .. " " .. m.name }`
    )
  })
  for (let i = 0; i < 3; i++) t.equal(await bodyOf(fn), `1 1 ${name}`)
})

t.test('two functions do not meet in a module', async t => {
  const { name } = await share('return { seen = {} }')
  const code = (own: string) =>
    handler(
      `local m = require("${name}")`,
      `local before = table.concat(m.seen); m.seen[1] = "${own}"; string.own = "${own}"
       return { body = before }`
    )
  const [a, b] = [await create({ code: code('a') }), await create({ code: code('b') })]
  for (const fn of [a, b, a, b]) t.equal(await bodyOf(fn), '')
})

t.test(
  'names that are computed are found, and of what is not there the requirer is named',
  async t => {
    const { name } = await share('return "found"')
    const computed = await create({
      code: handler(`local n = "${name}"`, 'return { body = require(n:sub(1)) }')
    })
    t.equal(await bodyOf(computed), 'found')
    const broken = await share('local a = 1\nreturn require("not_there")')
    const fn = await create({ code: handler('', `return require("${broken.name}")`) })
    const { error, error_message: text } = await errorOf(fn)
    t.match(error, {
      kind: 'runtime',
      message: `${broken.name}.lua:2: module 'not_there' not found`,
      module: broken.name,
      line: 2
    })
    t.match(text, `Error at line 2 of ${broken.name}.lua: `)
    t.match(text, '>   2 | return require("not_there")')
    t.match(text, /\[TIP\] There is no shared module of this name/)
    const global = await create({ code: handler('local json = require("json")', 'return {}') })
    t.match((await errorOf(global)).error, {
      message: "function:1: module 'json' not found: 'json' is a global, which needs no require",
      line: 1
    })
    t.notOk('module' in (await errorOf(global)).error)
  }
)

t.test('errors and mistakes in a module name its file and line', async t => {
  const shop = await share('local m = {}\nfunction m.f(x)\n  return x.y\nend\nreturn m', 'err.shop')
  const fn = await create({
    code: handler(`local m = require("${shop.name}")`, 'local x = m.f(nil)\n  return x')
  })
  const raised = await errorOf(fn)
  t.match(raised.error, { module: 'err.shop', line: 3, message: /^err\/shop\.lua:3: attempt to/ })
  t.match(raised.error.traceback, /err\/shop\.lua:3:[^]*function:3:/)
  t.match(raised.error_message, '>   3 |   return x.y')
  await change(shop.id, 'local m = {\nreturn m')
  const unread = await errorOf(fn)
  t.match(unread.error, {
    kind: 'load',
    module: 'err.shop',
    line: 2,
    message: /^error loading module 'err\.shop': err\/shop\.lua:2: /
  })
  t.match(unread.error_message, '>   2 | return m')
})

t.test('modules that require each other are told in a circle', async t => {
  const a = await share('return 1')
  const b = await share(`return require("${a.name}")`)
  await change(a.id, `local x = 1\nreturn require("${b.name}")`)
  const fn = await create({ code: handler(`local m = require("${a.name}")`, 'return {}') })
  const { error, error_message: text } = await errorOf(fn)
  t.equal(
    error.message,
    `${b.name}.lua:1: loop in require: ${a.name} requires ${b.name} requires ${a.name}`
  )
  t.match(text, /\[TIP\] Modules that require each other/)
})

t.test('a draft runs with modules that are not saved', async t => {
  const { id, name } = await share('return { v = "saved" }')
  const code = handler(`local m = require("${name}")`, 'return { body = m.v .. (m.w or "") }')
  const fn = await create({ code })
  const draft = async (body: object) =>
    (await call('POST', `/api/functions/${fn}/draft`, body)).json
  t.equal((await draft({ code })).body, 'saved')
  t.equal((await draft({ modules: { [name]: 'return { v = "draft" }' } })).body, 'draft')
  t.equal(
    (
      await draft({
        code,
        modules: { [name]: 'return { v = "a", w = require("only_here") }', only_here: 'return "b"' }
      })
    ).body,
    'ab'
  )
  t.equal(await bodyOf(fn), 'saved')
  t.equal((await call('GET', `/api/modules/${id}/versions`)).json.pagination.total, 1)
  t.match((await draft({ code, modules: { [name]: 'return {' } })).error, { module: name, line: 1 })
  for (const modules of [{ kv: 'return 1' }, { 'a b': 'return 1' }, { ok: '' }, { ok: 5 }, []]) {
    const { status } = await call('POST', `/api/functions/${fn}/draft`, { code, modules })
    t.equal(status, 400, JSON.stringify(modules))
  }
})

t.test('under load no run has modules of two moments', async t => {
  const value = (n: number) => `return ${n}`
  const one = await share(value(0))
  const two = await share(value(0))
  const code = handler(
    `local a = require("${one.name}")\ntime.sleep(2)\nlocal b = require("${two.name}")`,
    'return { body = a .. " " .. b }'
  )
  const fn = await create({ code })
  const load = { isOver: false }
  const bodies: string[] = []
  const callers = Array.from({ length: 4 }, async () => {
    while (!load.isOver) bodies.push(await bodyOf(fn))
  })
  for (let n = 1; n <= 10; n++) {
    const { status } = await call('POST', '/api/push', {
      modules: [one, two].map(({ id }) => ({ id, code: value(n) }))
    })
    t.equal(status, 200)
    const after = bodies.length
    while (bodies.length < after + 6) await new Promise(resolve => setImmediate(resolve))
  }
  load.isOver = true
  await Promise.all(callers)
  t.same(
    bodies.filter(body => !/^(\d+) \1$/.test(body)),
    []
  )
  t.ok(new Set(bodies).size > 5, 'they saw many moments')
  t.equal(await bodyOf(fn), '10 10')
})

t.test('jobs that run a fixed version have the modules of their start', async t => {
  const { id, name } = await share('return "one"')
  const fn = await create({ code: handler(`local m = require("${name}")`, 'return { body = m }') })
  await call('PUT', `/api/functions/${fn}`, { save_response: true })
  await change(id, 'return "two"')
  const queued = await call('GET', `/fn/${fn}`, undefined, { prefer: 'respond-async' })
  t.equal(queued.status, 202)
  for (;;) {
    const { json } = await call('GET', `/api/functions/${fn}/executions?limit=1`)
    const [last] = json.executions
    if (last?.status === 'success') {
      const { json: whole } = await call('GET', `/api/executions/${last.id}`)
      t.match(whole.response_json, 'two')
      break
    }
    t.not(last?.status, 'error')
    await new Promise(resolve => setTimeout(resolve, 20))
  }
})

t.test('what comes back under the id of something deleted runs with its own code', async t => {
  const module = { id: 'm'.repeat(20), name: 'returning' }
  const fn = { id: 'f'.repeat(20), name: 'returning' }
  const push = async (what: object) => t.equal((await call('POST', '/api/push', what)).status, 200)
  const answer = (body: string) => handler('', `return { body = ${body} }`)

  await push({ modules: [{ ...module, code: 'return "old"' }] })
  const reader = await create({ code: answer('require("returning")') })
  t.equal(await bodyOf(reader), 'old')
  await call('DELETE', `/api/modules/${module.id}?force=true`)
  await push({ modules: [{ ...module, code: 'return "new"' }] })
  t.equal(await bodyOf(reader), 'new')

  await push({ functions: [{ ...fn, code: answer('"old"') }] })
  t.equal(await bodyOf(fn.id), 'old')
  await call('DELETE', `/api/functions/${fn.id}`)
  await push({ functions: [{ ...fn, code: answer('"new"') }] })
  t.equal(await bodyOf(fn.id), 'new')
})
