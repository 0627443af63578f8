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

export function testSharedEnvStore(t: Test, open: OpenStorage): void {
  t.test("a function sees its own variable, then the shared one, and no other's", async t => {
    const storage = await open(t)
    const { env } = storage
    const [one, two] = [await createFunction(storage), await createFunction(storage)]
    t.same(await env.shared.names(), [])
    await env.shared.replace({ B: 'shared', A: 'shared', C: '' })
    await env.set(one, 'A', 'own')
    t.equal(await env.get(one, 'A'), 'own')
    t.equal(await env.get(two, 'A'), 'shared')
    t.equal(await env.get(two, 'C'), '')
    t.equal(await env.get(two, 'a'), undefined)
    t.equal(await env.get('nope', 'A'), undefined, 'who is not there sees none')
    t.same(await env.all(one), { A: 'own' }, 'own ones alone')
    t.same(await env.shared.names(), ['A', 'B', 'C'])
    t.same((await env.shared.snapshot()).variables, { A: 'shared', B: 'shared', C: '' })
    await env.delete(one, 'A')
    t.equal(await env.get(one, 'A'), 'shared')
    await env.shared.replace({ B: 'other' })
    t.equal(await env.get(one, 'A'), undefined)
    t.equal(await env.get(one, 'B'), 'other')
  })

  t.test('shared variables have revisions and a history of their own', async t => {
    const storage = await open(t)
    const { env } = storage
    const id = await createFunction(storage)
    const seen = new Set([(await env.shared.snapshot()).revision])
    const states: Array<Record<string, string>> = [{ A: '1' }, {}, { A: '1' }, { A: '1' }]
    for (const variables of states) {
      seen.add(await env.shared.replace(variables))
    }
    t.equal(seen.size, 5, 'a state that comes back has another name')
    const { revision } = await env.shared.snapshot()
    t.ok(seen.has(revision))
    await env.set(id, 'A', 'own')
    t.equal((await env.shared.snapshot()).revision, revision, 'functions change nothing of it')
    await t.rejects(
      env.shared.replace({ B: '2' }, () => false),
      { code: 'PRECONDITION_FAILED' }
    )
    const { rows, total } = await env.shared.history({ limit: 10, offset: 0 })
    t.equal(total, 3)
    t.match(rows, [
      { replacedBy: 'user', variables: {}, replacement: { A: '1' } },
      { variables: { A: '1' }, replacement: {} },
      { variables: {}, replacement: { A: '1' } }
    ])
    t.same(await env.shared.former(rows[1]!.id), { A: '1' })
    t.equal(await env.former(id, rows[1]!.id), undefined, "nor is it a function's")
    t.equal(await env.shared.forgetHistory(), 3)
    t.same((await env.shared.snapshot()).variables, { A: '1' })
  })
}
