import t from 'tap'
import { buildWith, fixture, runLua } from './with-plugins.js'

t.test('host functions that misbehave harm nothing but their call', async t => {
  const app = await buildWith(t, [fixture('troublesome')], { EXECUTION_TIMEOUT: '5' })
  const caught = async (call: string) =>
    (
      await runLua(
        app,
        `local ok, err = pcall(${call}) return { body = tostring(ok) .. " " .. tostring(err) }`
      )
    ).body

  await t.test('what they throw reaches Lua without its details', async t => {
    for (const fn of ['throws', 'rejects', 'throwsNothing']) {
      t.match(await caught(`trouble.${fn}`), `false internal error in 'trouble.${fn}'`)
    }
  })

  await t.test('a wrong type says which was expected and which came', async t => {
    t.match(
      await caught('trouble.wrongType'),
      "false 'trouble.wrongType' returned a wrong value: a number expected, got a string"
    )
    t.match(await caught('trouble.wrongLater'), /a string expected, got an object/)
  })

  await t.test('what is not caught makes a clear record', async t => {
    const { status, record } = await runLua(app, 'trouble.throws() return {}')
    t.equal(status, 500)
    t.match(record, { status: 'error', error_message: /internal error in 'trouble\.throws'/ })
    t.notMatch(record?.error_message, /secret detail/)
  })

  await t.test('a function that hangs ends with the invocation, and hears of it', async t => {
    const { status, record } = await runLua(app, 'pcall(trouble.hangs) return {}')
    t.equal(status, 500)
    t.match(record, { status: 'error' })
    t.equal((await runLua(app, 'return { body = trouble.aborted() }')).body, '1')
  })

  await t.test('LuaFailure is nil and a message, LuaMisuse an error', async t => {
    t.equal(
      (
        await runLua(
          app,
          'local v, err = trouble.fails() return { body = tostring(v) .. " " .. err }'
        )
      ).body,
      'nil the world is down'
    )
    t.match(await caught('trouble.misused'), 'not like that')
  })

  await t.test('a one-way call that fails later makes the execution fail', async t => {
    const { record } = await runLua(app, 'trouble.oneWay() return { body = "went on" }')
    t.match(record, { status: 'error', error_message: /trouble\.oneWay/ })
  })

  await t.test('an odd thenable settles once', async t => {
    t.equal((await runLua(app, 'return { body = tostring(trouble.thenable()) }')).body, 'true')
  })

  await t.test('arguments are checked before anything crosses', async t => {
    t.match(
      await caught('function() trouble.doubled("x") end'),
      "bad argument #1 to 'trouble.doubled' (number expected, got string)"
    )
    t.match(
      await caught('function() trouble.doubled(101) end'),
      'number of at most 100 expected, got 101'
    )
    t.equal((await runLua(app, 'return { body = trouble.doubled(21) }')).body, '42')
  })

  await t.test('the server is as before', async t => {
    t.equal((await runLua(app, 'kv.set("k", "v") return { body = kv.get("k") }')).body, 'v')
  })
})
