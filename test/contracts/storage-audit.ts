import type { Test } from 'tap'
import type { AuditNote } from '../../core/contracts/audit.js'
import type { Page } from '../../core/contracts/page.js'
import type { Storage } from '../../core/contracts/storage.js'
import type { OpenStorage } from './storage.js'

const note = (action: string, change: Partial<AuditNote> = {}): AuditNote => ({
  actor: { kind: 'token', id: 't1', name: 'CI' },
  via: 'cli',
  ip: '192.0.2.1',
  action,
  ...change
})
const byKey: Partial<AuditNote> = { actor: { kind: 'api_key' }, via: 'api' }
const all = { limit: 100, offset: 0 }
const actions = async ({ audit }: Storage, filter = {}): Promise<string[]> =>
  (await audit.list(all, filter)).rows.map(({ action }) => action)

const createFunction = ({ functions }: Storage, id = 'f1') =>
  functions.create({ id, name: 'shop', description: undefined, code: 'c', now: 1 })

export function testAudit(t: Test, open: OpenStorage): void {
  t.test('a change of a function is noted with what differs', async t => {
    const storage = await open(t, { now: 5_000_999 })
    await createFunction(storage)
    await storage.audit.track(note('function.update'), { functions: ['f1'] }, () =>
      storage.functions.update('f1', {
        patch: { name: 'store', disabled: true },
        code: undefined,
        now: 2
      })
    )
    t.strictSame(await storage.audit.list(all), {
      total: 1,
      rows: [
        {
          id: 1,
          at: 5000,
          ...note('function.update'),
          target: { kind: 'function', id: 'f1', name: 'store', functionId: 'f1' },
          before: { name: 'shop', disabled: false },
          after: { name: 'store', disabled: true }
        }
      ]
    })
  })

  t.test('what is made or gone is noted whole', async t => {
    const storage = await open(t)
    const about = { functions: ['f1'] }
    await storage.audit.track(note('made'), about, () => createFunction(storage))
    await storage.audit.track(note('gone'), about, () => storage.functions.remove('f1'))
    const { rows } = await storage.audit.list(all)
    const [gone, made] = rows
    t.match(made, { target: { name: 'shop' }, after: { name: 'shop', versions: 1, env_vars: [] } })
    t.equal(made?.before, undefined)
    t.match(gone, { target: { name: 'shop' }, before: { name: 'shop', active_version: 1 } })
    t.equal(gone?.after, undefined)
  })

  t.test('of variables the names are noted, never the values', async t => {
    const storage = await open(t)
    await createFunction(storage)
    await storage.env.replace('f1', {
      KEPT: 'kept-value',
      CHANGED: 'old-value',
      GONE: 'gone-value'
    })
    const track = (variables: Record<string, string>) =>
      storage.audit.track(note('variables'), { functions: ['f1'] }, () =>
        storage.env.replace('f1', variables)
      )
    await track({ KEPT: 'kept-value', CHANGED: 'new-value', ADDED: 'added-value' })
    await track({ KEPT: 'kept-value', CHANGED: 'newer-value', ADDED: 'added-value' })
    await track({ KEPT: 'kept-value', CHANGED: 'newer-value', ADDED: 'added-value' })
    const { rows } = await storage.audit.list(all)
    t.strictSame(
      rows.map(({ before, after }) => ({ before, after })),
      [
        { before: {}, after: { changed_env_vars: ['CHANGED'] } },
        {
          before: { env_vars: ['CHANGED', 'GONE', 'KEPT'] },
          after: { env_vars: ['ADDED', 'CHANGED', 'KEPT'], changed_env_vars: ['CHANGED'] }
        }
      ]
    )
    t.notMatch(JSON.stringify(rows), /-value/)
  })

  t.test('of stored values the size is noted, also when it stays the same', async t => {
    const storage = await open(t)
    await createFunction(storage)
    const key = Buffer.from('k')
    for (const functionId of ['f1', '']) {
      const about = { value: { functionId, key } }
      const set = (text: string) =>
        storage.audit.track(note('set'), about, () =>
          storage.kv.set(functionId, key, Buffer.from(text))
        )
      const remove = () =>
        storage.audit.track(note('delete'), about, () => storage.kv.delete(functionId, key))
      await set('hush')
      await set('hash')
      await remove()
      await remove()
    }
    const { rows } = await storage.audit.list(all)
    t.equal(rows.length, 6)
    t.match(rows, [
      { action: 'delete', target: { kind: 'value', name: 'k', functionId: undefined } },
      { action: 'set' },
      { action: 'set' },
      { target: { kind: 'value', name: 'k', functionId: 'f1' }, before: { bytes: 4 } },
      { action: 'set', before: { bytes: 4 }, after: { bytes: 4 } },
      { action: 'set', before: undefined, after: { bytes: 4 } }
    ])
    t.notMatch(JSON.stringify(rows), /hush|hash/)
  })

  t.test(
    'what failed or changed nothing is not noted, and what cannot be noted is not done',
    async t => {
      const storage = await open(t)
      await createFunction(storage)
      const about = { functions: ['f1'] }
      const track = (change: () => Promise<unknown>) =>
        storage.audit.track(note('x'), about, change)
      await t.rejects(
        track(() =>
          storage.functions.update(
            'f1',
            { patch: { name: 'n' }, code: undefined, now: 2 },
            () => false
          )
        ),
        { code: 'PRECONDITION_FAILED' }
      )
      await track(() =>
        storage.functions.update('f1', { patch: { name: 'shop' }, code: undefined, now: 2 })
      )
      await track(() => storage.functions.remove('missing'))
      await track(() => storage.versions.remove('f1', 'ver_f1_v1'))
      await track(() => storage.sessions.remove('missing'))
      t.same(await actions(storage), [])
      const impossible = note('x', { action: undefined as never })
      await t.rejects(
        storage.audit.track(impossible, about, () =>
          storage.functions.update('f1', { patch: { name: 'other' }, code: undefined, now: 2 })
        )
      )
      t.equal((await storage.functions.find('f1'))?.fn.name, 'shop')
    }
  )

  t.test('other writes of the same turn are not taken for the tracked one', async t => {
    const storage = await open(t)
    await createFunction(storage, 'f1')
    await createFunction(storage, 'f2')
    const rename = (id: string) =>
      storage.functions.update(id, { patch: { name: id }, code: undefined, now: 2 })
    await Promise.all([
      storage.audit.track(note('one'), { functions: ['f1', 'f2'] }, () => rename('f1')),
      rename('f2'),
      t.rejects(
        storage.audit.track(note('none'), { functions: ['f2'] }, () =>
          Promise.reject(new Error('refused before any write'))
        )
      ),
      storage.functions.update('f2', { patch: { disabled: true }, code: undefined, now: 3 })
    ])
    const { rows } = await storage.audit.list(all)
    t.match(rows, [{ action: 'one', target: { id: 'f1' } }])
    t.equal(rows.length, 1)
  })

  t.test('the audit is found by function, actor and time, newest first, in pages', async t => {
    const clock = { now: 0 }
    const storage = await open(t, clock)
    const add = (at: number, action: string, functionId?: string, who = {}) => {
      clock.now = at * 1000
      return storage.audit.add(note(action, who), { target: { kind: 'job', functionId } })
    }
    await add(10, 'a', 'f1')
    await add(20, 'b', 'f2')
    await add(30, 'c', 'f1', byKey)
    await add(40, 'd', undefined, { actor: { kind: 'session', id: 's1' } })
    t.same(await actions(storage), ['d', 'c', 'b', 'a'])
    t.same(await actions(storage, { functionId: 'f1' }), ['c', 'a'])
    t.same(await actions(storage, { actor: 'CI' }), ['b', 'a'])
    t.same(await actions(storage, { actor: 't1' }), ['b', 'a'])
    t.same(await actions(storage, { actor: 'api_key' }), ['c'])
    t.same(await actions(storage, { actor: 'session' }), ['d'])
    t.same(await actions(storage, { from: 20, to: 30 }), ['c', 'b'])
    t.same(await actions(storage, { functionId: 'f1', actor: 'token', from: 1, to: 20 }), ['a'])
    const page = await storage.audit.list({ limit: 1, offset: 1 }, { functionId: 'f1' })
    t.match(page, { total: 2, rows: [{ action: 'a' }] })
  })

  t.test('a page behind many entries, and one of a rare actor', async t => {
    const storage = await open(t, { now: 1000 })
    const target = { kind: 'job', functionId: 'f1' }
    const add = (n: number) =>
      storage.audit.add(note(`a${n}`, n % 4000 === 0 ? byKey : {}), { target })
    await Promise.all(Array.from({ length: 12_001 }, (_, n) => add(n)))
    const ids = async (page: Page, filter = {}) => {
      const { rows, total } = await storage.audit.list(page, filter)
      return { actions: rows.map(({ action }) => action), total }
    }
    const deep = { limit: 2, offset: 11_000 }
    const found = { actions: ['a1000', 'a999'], total: 12_001 }
    t.same(await ids(deep), found)
    t.same(await ids(deep, { functionId: 'f1', from: 1, to: 1 }), found)
    t.same(await ids({ limit: 2, offset: 12_001 }), { actions: [], total: 12_001 })
    t.same(await ids({ limit: 2, offset: 1 }, { actor: 'api_key' }), {
      actions: ['a8000', 'a4000'],
      total: 4
    })
    t.same(await ids(deep, { functionId: 'f2' }), { actions: [], total: 0 })
  })

  t.test('old entries go, and of too many those of stored values before others', async t => {
    const clock = { now: 0 }
    const storage = await open(t, clock)
    const add = (at: number, action: string, kind = 'job') => {
      clock.now = at * 1000
      return storage.audit.add(note(action), { target: { kind } })
    }
    for (const at of [1, 2, 3]) await add(at, `old ${at}`)
    t.equal(await storage.audit.expire(3, 100, 1), 1)
    t.equal(await storage.audit.expire(3, 100, 100), 1)
    t.same(await actions(storage), ['old 3'])
    for (const at of [4, 5, 6]) await add(at, `value ${at}`, 'value')
    await add(7, 'new')
    t.equal(await storage.audit.expire(0, 3, 100), 2)
    t.same(await actions(storage), ['new', 'value 6', 'old 3'])
    t.equal(await storage.audit.expire(0, 1, 100), 2)
    t.same(await actions(storage), ['new'])
  })

  t.test('a state that is too large is noted by its size', async t => {
    const storage = await open(t)
    await storage.audit.add(note('x'), {
      target: { kind: 'job' },
      after: { text: 'x'.repeat(70_000) }
    })
    t.match((await storage.audit.list(all)).rows, [{ after: { too_large: 70_011 } }])
  })
}
