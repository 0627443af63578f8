import t from 'tap'
import { dependentFunctions } from '../../../../plugins/storage/modules/dependents.js'

const requiring = (kind: 'function' | 'module', name: string, ...names: string[]) => ({
  kind,
  id: `id of ${name}`,
  name,
  names
})

t.test('functions are concerned by modules directly, through others, and by any name', async t => {
  const all = [
    requiring('function', 'direct', 'shop', 'tax'),
    requiring('function', 'through', 'shop'),
    requiring('function', 'any', '*'),
    requiring('function', 'other', 'text'),
    requiring('function', 'computing', 'text', 'plugins'),
    requiring('module', 'shop', 'tax'),
    requiring('module', 'tax', 'shop'),
    requiring('module', 'plugins', '*')
  ]
  const concerned = (...changed: string[]) => dependentFunctions(all, changed).sort()
  t.same(concerned('tax'), ['id of any', 'id of computing', 'id of direct', 'id of through'])
  t.same(concerned('text'), ['id of any', 'id of computing', 'id of other'])
  t.same(concerned('nothing'), ['id of any', 'id of computing'])
})

t.test('a chain of any length is looked at once', async t => {
  const length = 10_000
  let reads = 0
  const chain = Array.from({ length }, (_, i) => ({
    ...requiring('module', `m${i}`),
    get names() {
      reads++
      return [`m${i + 1}`]
    }
  }))
  const all = [requiring('function', 'f', 'm0'), ...chain]
  t.same(dependentFunctions(all, [`m${length}`]), ['id of f'])
  t.equal(reads, length)
})
