import t from 'tap'
import { auth, buildWith, fixture, runLua, save } from './with-plugins.js'

t.test('one plugin with everything that a plugin can add', async t => {
  const app = await buildWith(t, [fixture('greeter')], { GREETER_WORD: 'Salut' })

  await t.test('its Lua module, its setting and its table', async t => {
    t.equal((await runLua(app, 'return { body = greeter.greet("Ada") }')).body, 'Salut, Ada!')
    const greetings = await app.inject({ url: '/plugins/greeter/greetings', headers: auth })
    t.same(greetings.json(), [{ name: 'Ada' }])
  })

  await t.test('its module written in Lua, loaded by require alone', async t => {
    t.equal(
      (await runLua(app, 'return { body = require("greeter_words").polite("Ada") }')).body,
      'Dear Ada'
    )
    t.equal((await runLua(app, 'return { body = tostring(greeter_words) }')).body, 'nil')
    t.match(
      (
        await runLua(
          app,
          'local ok, err = pcall(require, "os") return { body = tostring(ok) .. err }'
        )
      ).body,
      /^false/
    )
  })

  await t.test('its routes need the API key, unless they are public', async t => {
    t.equal((await app.inject({ url: '/plugins/greeter/greetings' })).statusCode, 401)
    t.equal((await app.inject({ url: '/greetings', headers: auth })).statusCode, 404)
    t.equal((await app.inject({ url: '/plugins/greeter/nothing', headers: auth })).statusCode, 404)
  })

  await t.test('its trigger runs functions under its own name', async t => {
    const id = await save(
      app,
      'return { body = event.method .. event.relativePath .. event.headers["X-Note"] .. event.query.q .. event.body }'
    )
    const reply = await app.inject({ method: 'POST', url: `/plugins/greeter/hook/${id}` })
    t.same(reply.json(), { statusCode: 200, body: 'POST/from-greeteré1pushed' })
    const { executions } = (
      await app.inject({ url: `/api/functions/${id}/executions`, headers: auth })
    ).json()
    t.match(executions, [{ trigger: 'greeter', status: 'success' }])
    const missing = await app.inject({ method: 'POST', url: '/plugins/greeter/hook/nothing' })
    t.same([missing.statusCode, missing.json()], [404, { error: 'Function not found' }])
  })

  await t.test('its hooks change and refuse', async t => {
    const code = 'return { body = event.body }'
    t.equal((await runLua(app, code)).body, 'sent')
    t.equal((await runLua(app, code, { 'x-greeter': 'change' })).body, 'changed')
    t.match((await runLua(app, code, { 'x-greeter': 'refuse' })).record, {
      status: 'error',
      error_message: /refused by plugin 'greeter': not today/
    })
    t.match((await runLua(app, code, { 'x-greeter': 'throw' })).record, {
      status: 'error',
      error_message: /refused because a hook of plugin 'greeter' failed/
    })
    const outcomes = (await app.inject({ url: '/plugins/greeter/outcomes', headers: auth })).json()
    t.match(outcomes.slice(-4), [
      { trigger: 'http', status: 200 },
      { status: 200 },
      { status: 'refused' },
      { status: 'refused' }
    ])
  })

  await t.test('its page is in the list of plugins, for those who may see it', async t => {
    t.equal((await app.inject({ url: '/api/plugins' })).statusCode, 401)
    t.same((await app.inject({ url: '/api/plugins', headers: auth })).json(), [
      {
        name: 'greeter',
        version: '0.1.0',
        from: 'PLUGINS',
        modules: ['greeter', 'greeter_words'],
        routes: [
          'GET /plugins/greeter/greetings',
          'GET /plugins/greeter/outcomes',
          'POST /plugins/greeter/hook/:id'
        ],
        hooks: ['before', 'after'],
        settings: ['GREETER_WORD'],
        page: { title: 'Greetings', path: '/plugins/greeter/greetings', embedded: false }
      }
    ])
  })

  await t.test(
    "the guide, the reference and the editor's definitions show its modules",
    async t => {
      for (const url of ['/llms.txt', '/moonlet.lua', '/api/lua']) {
        const { body, statusCode } = await app.inject({ url, headers: auth })
        t.equal(statusCode, 200, url)
        t.match(body, /greet[^]*Returns a greeting, and remembers whom/, url)
        t.match(body, /polite/, url)
      }
      t.match(
        (await app.inject({ url: '/llms.txt' })).body,
        'Not global; load it with `local greeter_words = require("greeter_words")`.'
      )
      t.match(
        (await app.inject({ url: '/moonlet.lua' })).body,
        '---@overload fun(name: "greeter_words"): moonlet.greeter_words\n'
      )
    }
  )
})
