import type { Test } from 'tap'
import type { OpenStorage } from './storage.js'
import { createFunction } from './storage-fixtures.js'

export function testEnvStore(t: Test, open: OpenStorage): void {
  t.test('variables are kept by function and name', async t => {
    const storage = await open(t)
    const [one, two] = [await createFunction(storage), await createFunction(storage)]
    await storage.env.set(one, 'A', 'ünï\0\n')
    await storage.env.set(two, 'A', 'other')
    await storage.env.set(one, 'B', '')
    t.equal(await storage.env.get(one, 'A'), 'ünï\0\n')
    t.equal(await storage.env.get(one, 'a'), undefined)
    t.equal(await storage.env.get(one, 'B'), '')
    t.same(await storage.env.all(one), { A: 'ünï\0\n', B: '' })
    await storage.env.set(one, 'A', 'new')
    await storage.env.delete(one, 'B')
    await storage.env.delete(one, 'absent')
    t.same(await storage.env.all(one), { A: 'new' })
    t.same(await storage.env.all(two), { A: 'other' })
  })

  t.test('replace leaves exactly the given variables', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    await storage.env.replace(id, { A: '1', B: '2' })
    await storage.env.replace(id, { B: '3', C: '4', __proto__x: '5' })
    t.same(await storage.env.all(id), { B: '3', C: '4', __proto__x: '5' })
    await storage.env.replace(id, {})
    t.same(await storage.env.all(id), {})
  })

  t.test('a function that is not there has no variables and takes none', async t => {
    const { env } = await open(t)
    t.equal(await env.get('nope', 'A'), undefined)
    t.same(await env.all('nope'), {})
    const writes: Array<Promise<unknown>> = [
      env.set('nope', 'A', 'b'),
      env.delete('nope', 'A'),
      env.replace('nope', { A: 'b' })
    ]
    for (const write of writes) await t.rejects(write as Promise<void>, { code: 'NOT_FOUND' })
  })
}
