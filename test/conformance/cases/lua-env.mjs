// env: the function's environment variables, shared with the management API.
import { lua, test } from '../lib/dsl.mjs'

export const area = 'lua-env'

export default [
  lua(
    'get',
    { share: true, env: { GREETING: 'olá', N: '5' } },
    'return env.get("GREETING"), env.get("N"), type(env.get("N"))',
    ['olá', '5', 'string']
  ),
  lua('get-missing-is-nil', { share: true }, 'local v = env.get("NOPE") return v == nil, type(v)', [
    true,
    'nil'
  ]),
  lua(
    'server-environment-is-hidden',
    { share: true },
    'return env.get("PATH") == nil, env.get("HOME") == nil, env.get("API_KEY") == nil, env.get("DATA_DIR") == nil',
    [true, true, true, true]
  ),
  lua(
    'set-and-delete',
    { share: true },
    'return env.set("A", "1"), env.get("A"), env.set("A", "2"), env.get("A"), env.delete("A"), env.get("A") == nil',
    [true, '1', true, '2', true, true]
  ),
  test('set-shows-in-the-api', { share: true }, async t => {
    const { fn } = await t.lua('env.set("FROM_LUA", "yes") return true', { env: { OTHER: '1' } })
    t.eq((await t.get(fn.id)).env_vars, { FROM_LUA: 'yes', OTHER: '1' }, 'env_vars')
  })
]
