// kv: storage that outlives a call and belongs to one function.
import { lua, test } from '../lib/dsl.mjs'

export const area = 'lua-kv'

const BY_QUERY = `local q = event.query
if q.op == "set" then return kv.set(q.k, q.v) end
if q.op == "del" then return kv.delete(q.k) end
return kv.get(q.k)`

export default [
  lua(
    'get-missing-is-nil',
    { share: true },
    'local v = kv.get("nothing") return v == nil, type(v)',
    [true, 'nil']
  ),
  lua('set-then-get', { share: true }, 'return kv.set("k", "v"), kv.get("k")', [true, 'v']),
  lua('delete', { share: true }, 'kv.set("k", "v") return kv.delete("k"), kv.get("k") == nil', [
    true,
    true
  ]),
  lua(
    'number-is-stored-as-text',
    { share: true },
    'kv.set("n", 42) kv.set("f", 1.5) return kv.get("n"), type(kv.get("n")), kv.get("f")',
    ['42', 'string', '1.5']
  ),
  test('survives-between-calls', { share: true }, async t => {
    const fn = await t.create(t.wrapLua(BY_QUERY))
    await t.lua('', { fn, request: { query: '?op=set&k=a&v=kept' } })
    t.eq((await t.lua('', { fn, request: { query: '?k=a' } })).values, ['kept'], 'second call')
  }),
  test('belongs-to-one-function', { share: true }, async t => {
    const a = await t.create(t.wrapLua(BY_QUERY))
    const b = await t.create(t.wrapLua(BY_QUERY))
    await t.lua('', { fn: a, request: { query: '?op=set&k=same&v=of-a' } })
    t.eq((await t.lua('', { fn: b, request: { query: '?k=same' } })).values, [], 'other function')
    t.eq(
      (await t.lua('', { fn: a, request: { query: '?k=same' } })).values,
      ['of-a'],
      'first function'
    )
  })
]
