import t from 'tap'
import fastify from 'fastify'
import fp from 'fastify-plugin'
import { createLuaRegistry } from '../../../core/lua/registry.js'
import builtin from '../../../plugins/lua/builtin.js'

t.test('the plugin adds every local module', async t => {
  const app = fastify()
  t.teardown(() => app.close())
  await app.register(
    fp(
      async app => {
        app.decorate('lua', createLuaRegistry())
      },
      { name: 'lua' }
    )
  )
  await app.register(builtin)
  t.same(
    app.lua.modules().map(module => module.name),
    [
      'json',
      'crypto',
      'time',
      'url',
      'strings',
      'random',
      'base64',
      'router',
      'response',
      'html',
      'jwt'
    ]
  )
})
