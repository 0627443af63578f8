import t from 'tap'
import { startServer } from '../../helpers/server.js'
import { auth, buildWith, fixture } from './with-plugins.js'

t.test('a plugin that fails at start stops it with one message that names plugin, file and cause', async t => {
  await t.rejects(buildWith(t, [fixture('fails-at-start')]), {
    code: 'PLUGIN_FAILED', message: /^The plugin 'fails-at-start' \(.*fails-at-start\.mjs\) failed at start: no connection to anything \(at .*fails-at-start\.mjs:6:\d+\)$/
  })
})

t.test('the program prints that message, and ends', async t => {
  await t.rejects(startServer(t, { PLUGINS: fixture('fails-at-start') }), { message: /ended with 1: [^]*Moonlet could not start\. The plugin 'fails-at-start' .*no connection to anything \(at [^\n]*\n/ })
})

t.test('two claims of one Lua module are refused, with both plugins named', async t => {
  await t.rejects(buildWith(t, [fixture('claims-kv')]), { message: /The plugin 'claims-kv' .*The Lua module 'kv' of plugin 'claims-kv' is already provided by plugin 'lua-kv'/ })
  await t.rejects(buildWith(t, [fixture('troublesome'), fixture('another-trouble')]),
    { message: /The Lua module 'trouble' of plugin 'another-trouble' is already provided by plugin 'troublesome'/ })
})

t.test('a module with a gap in its declaration is refused, naming module and function', async t => {
  await t.rejects(buildWith(t, [fixture('badly-declared')]), { message: /'badly-declared'.*not well declared:\n {2}- bad\.f has no doc\n {2}- bad\.f has no example/ })
})

t.test('a plugin reaches no routes but its own', async t => {
  const app = await buildWith(t, [fixture('claims-api-route')])
  t.match((await app.inject({ url: '/api/functions', headers: auth })).json(), { functions: [] })
  t.equal((await app.inject({ url: '/plugins/claims-api-route/api/functions', headers: auth })).body, 'replaced')
  t.not((await app.inject({ url: '/nowhere' })).body, 'mine')
})
