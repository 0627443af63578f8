import t, { type Test } from 'tap'
import fastify from 'fastify'
import fp from 'fastify-plugin'
import { Compile } from 'typebox/schema'
import { loadConfig } from '../../../config/load.js'
import { MoonletError } from '../../../core/base/errors.js'
import { createLuaRegistry } from '../../../core/lua/registry.js'
import reference from '../../../plugins/lua-docs/plugin.js'
import { LuaReference } from '../../../plugins/lua-docs/reference-json.js'
import { allFunctions, allModules } from './support/modules.js'

async function build(t: Test) {
  const app = fastify()
  t.teardown(() => app.close())
  await app.register(
    fp(async app => {
      const lua = createLuaRegistry()
      for (const module of allModules) lua.add(module, 'test')
      app.decorate('lua', lua)
      app.decorate('config', loadConfig({}))
      // The reference is large enough to be asked for.
      app.decorate('connections', { maySendResponse: () => undefined } as never)
      app.decorate('authenticate', async request => {
        if (request.headers.authorization !== 'Bearer k') {
          throw new MoonletError('UNAUTHORIZED', 'Authentication required')
        }
      })
    })
  )
  await app.register(reference)
  return app
}

t.test('/llms.txt is plain text, open to everybody', async t => {
  const answer = await (await build(t)).inject('/llms.txt')
  t.equal(answer.statusCode, 200)
  t.equal(answer.headers['content-type'], 'text/plain; charset=utf-8')
  t.match(answer.body, /^# Moonlet: writing Lua functions\n/)
})

t.test('/moonlet.lua is a download', async t => {
  const answer = await (await build(t)).inject('/moonlet.lua')
  t.equal(answer.statusCode, 200)
  t.match(answer.headers, {
    'content-type': 'text/x-lua; charset=utf-8',
    'content-disposition': 'attachment; filename="moonlet.lua"'
  })
  t.match(answer.body, /^---@meta\n/)
})

t.test('/api/lua needs a key', async t => {
  t.equal((await (await build(t)).inject('/api/lua')).statusCode, 401)
})

t.test('/api/lua is the whole reference', async t => {
  const answer = await (
    await build(t)
  ).inject({ url: '/api/lua', headers: { authorization: 'Bearer k' } })
  t.equal(answer.statusCode, 200)
  const { modules } = answer.json()
  t.ok(Compile(LuaReference).Check(answer.json()))
  t.same(
    modules.flatMap((module: { name: string; functions: Array<{ name: string }> }) =>
      module.functions.map(fn => `${module.name}.${fn.name}`)
    ),
    allFunctions.map(([module, name]) => `${module}.${name}`)
  )
  const decode = modules.find((module: { name: string }) => module.name === 'json').functions[1]
  t.match(decode, {
    name: 'decode',
    signature: 'json.decode(text: string, options?: JsonDecodeOptions): any | nil, err',
    fails: true,
    params: [{ name: 'text', type: 'string', optional: false }],
    returns: { type: 'any' }
  })
  const url = modules.find((module: { name: string }) => module.name === 'url')
  t.match(url.types, [
    { name: 'Url', fields: [{ name: 'scheme', type: 'string', optional: false }] }
  ])
})
