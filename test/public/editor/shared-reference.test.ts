import t from 'tap'
import { toReference } from '../../../public/editor/shared-reference.js'
import type { ModuleExport } from '../../../public/api/modules.js'

const reference = (name: string, exports: ModuleExport[]) =>
  toReference({
    id: 'm',
    name,
    description: 'Prices',
    created_at: 0,
    updated_at: 0,
    active_version: { id: 'v', version: 1, code: '', created_at: 0, is_active: true },
    exports,
    requires: [],
    required_by: []
  })
const fn = (signature: string): ModuleExport => ({
  name: 'f',
  kind: 'function',
  signature,
  description: 'Does it.'
})
const entryOf = (one: ModuleExport) => reference('shop', [one]).functions[0]

t.test('what a module offers is described as the server describes its own', async t => {
  t.strictSame(reference('lib.shop', [fn('f(net: number, rate?: number): number')]), {
    name: 'lib.shop',
    required: true,
    doc: 'Prices',
    functions: [
      {
        name: 'f',
        signature: 'shop.f(net: number, rate?: number): number',
        doc: 'Does it.',
        params: [
          { name: 'net', type: 'number', optional: false, doc: '' },
          { name: 'rate', type: 'number', optional: true, doc: '' }
        ],
        returns: { type: 'number' }
      }
    ]
  })
})

t.test('types with commas and brackets of their own stay whole', async t => {
  const entry = entryOf(
    fn('f(map: table<string, number>, each: fun(a: string, b: any): boolean): {a: number}')
  )
  t.match(entry, {
    params: [
      { name: 'map', type: 'table<string, number>' },
      { name: 'each', type: 'fun(a: string, b: any): boolean' }
    ],
    returns: { type: '{a: number}' }
  })
})

t.test('what is not typed has names alone', async t => {
  t.match(entryOf(fn('f(a, ...)')), { params: [{ name: 'a', type: '' }, { name: '...' }] })
  t.equal(entryOf(fn('f()'))?.returns, undefined)
  t.same(entryOf(fn('f'))?.params, [])
})

t.test('a value is no call, whatever its type', async t => {
  const value = { name: 'hook', kind: 'value' as const, signature: 'hook: fun(a: string)' }
  t.match(entryOf({ ...value, description: 'Called.' }), {
    signature: 'shop.hook',
    doc: '*fun(a: string)* Called.'
  })
  t.match(entryOf({ ...value, signature: 'hook', description: '' }), { doc: '' })
})
