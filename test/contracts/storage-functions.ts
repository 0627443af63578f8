import type { Test } from 'tap'
import type { OpenStorage } from './storage.js'
import { functionRecord } from '../helpers/function-record.js'
import type { FunctionRecord } from '../../core/contracts/records.js'
import {
  bytes,
  createFunction,
  finished,
  ids,
  log,
  newExecution,
  NOW,
  PAGE,
  run
} from './storage-fixtures.js'

export function testFunctions(t: Test, open: OpenStorage): void {
  t.test('a function is made with version 1 active and the defaults', async t => {
    const storage = await open(t)
    const id = ids.next()
    const { variables, revision, requires, ...created } = await storage.functions.create({
      id,
      name: ' Zoë ',
      description: 'd',
      code: 'x\0\r\n',
      now: NOW
    })
    t.strictSame(created, {
      fn: {
        id,
        name: ' Zoë ',
        description: 'd',
        disabled: false,
        retentionDays: undefined,
        cronSchedule: undefined,
        cronStatus: 'paused',
        cronCatchUp: false,
        saveResponse: false,
        allowSameOrigin: false,
        slug: undefined,
        frontDoor: undefined,
        createdAt: NOW,
        updatedAt: NOW
      },
      active: {
        id: `ver_${id}_v1`,
        functionId: id,
        version: 1,
        code: 'x\0\r\n',
        createdAt: NOW,
        isActive: true
      }
    })
    t.strictSame(await storage.functions.find(id), created)
    t.strictSame(await storage.functions.snapshot(id), {
      ...created,
      variables: {},
      requires: [],
      revision
    })
    t.same(requires, [])
    t.same(variables, {})
  })

  t.test('a function that is not there is undefined', async t => {
    const storage = await open(t)
    t.equal(await storage.functions.find('nope'), undefined)
    t.equal(await storage.functions.snapshot('nope'), undefined)
    t.equal(
      await storage.functions.update('nope', { patch: { name: 'x' }, code: undefined, now: NOW }),
      false
    )
    t.equal(await storage.functions.update('nope', { patch: {}, code: 'x', now: NOW }), false)
    t.equal(await storage.functions.remove('nope'), false)
  })

  t.test('an id is not given twice', async t => {
    const storage = await open(t)
    const id = await createFunction(storage, { name: 'first' })
    await t.rejects(
      storage.functions.create({ id, name: 'second', description: undefined, code: '', now: NOW }),
      { code: 'STORAGE_FAILED' }
    )
    t.equal((await storage.functions.find(id))?.fn.name, 'first')
  })

  t.test('functions are listed newest first, also those of one second', async t => {
    const storage = await open(t)
    const made: string[] = []
    for (const now of [5, 9, 9, 7]) made.push(await createFunction(storage, { now }))
    const { rows, total } = await storage.functions.list(PAGE)
    t.same(
      rows.map(({ fn }) => fn.id),
      [made[2], made[1], made[3], made[0]]
    )
    t.equal(total, 4)
    const second = await storage.functions.list({ limit: 2, offset: 1 })
    t.same(
      second.rows.map(({ fn }) => fn.id),
      [made[1], made[3]]
    )
    t.equal(second.total, 4)
    t.same(await storage.functions.list({ limit: 2, offset: 9 }), { rows: [], total: 4 })
    t.equal(rows[0]?.active?.version, 1)
  })

  t.test(
    'search looks in name and description, in any case, and takes every sign as itself',
    async t => {
      const storage = await open(t)
      await createFunction(storage, { name: 'Größe 100%' })
      await createFunction(storage, { name: 'other', description: 'says GRÖSSE_X' })
      const found = async (search: string) => {
        const { rows, total } = await storage.functions.list(PAGE, search)
        return [rows.map(({ fn }) => fn.name), total]
      }
      t.same(await found('gröSSe_'), [['other'], 1])
      t.same(await found('GRÖ'), [['Größe 100%', 'other'], 2])
      t.same(await found('0%'), [['Größe 100%'], 1])
      t.same(await found('%'), [['Größe 100%'], 1])
      t.same(await found('_'), [['other'], 1])
      t.same(await found('absent'), [[], 0])
      t.same(await found(''), [['other', 'Größe 100%'], 2])
    }
  )

  t.test(
    'a search gives those with the text in their name before those with it in their description',
    async t => {
      const storage = await open(t)
      await createFunction(storage, { name: 'report', now: NOW })
      for (const name of ['a', 'b', 'c']) {
        await createFunction(storage, { name, description: 'for the REPORT', now: NOW + 1 })
      }
      const page = async (offset: number) =>
        (await storage.functions.list({ limit: 2, offset }, 'Report')).rows.map(({ fn }) => fn.name)
      t.same([...(await page(0)), ...(await page(2))], ['report', 'c', 'b', 'a'])
    }
  )

  t.test('a list is ordered by name or by a time, in both directions', async t => {
    const storage = await open(t)
    const names = ['beta', 'Alpha', 'gamma']
    for (const [n, name] of names.entries()) await createFunction(storage, { name, now: NOW + n })
    const list = async (
      sort: 'name' | 'created_at' | 'updated_at',
      order: 'asc' | 'desc',
      search?: string
    ) => (await storage.functions.list(PAGE, search, { sort, order })).rows.map(({ fn }) => fn.name)
    t.same(await list('name', 'asc'), ['Alpha', 'beta', 'gamma'])
    t.same(await list('name', 'desc'), ['gamma', 'beta', 'Alpha'])
    t.same(await list('created_at', 'asc'), names)
    t.same(await list('updated_at', 'desc'), [...names].reverse())
    t.same(await list('name', 'desc', 'a'), ['gamma', 'beta', 'Alpha'])
    const page = await storage.functions.list({ limit: 1, offset: 1 }, '', {
      sort: 'name',
      order: 'asc'
    })
    t.same([page.rows.map(({ fn }) => fn.name), page.total], [['beta'], 3])
  })

  t.test('a patch changes what it names, and updated_at', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    const patch = {
      name: 'n',
      description: 'd',
      disabled: true,
      retentionDays: 30,
      cronSchedule: '* * * * *',
      cronStatus: 'active',
      cronCatchUp: true,
      saveResponse: true,
      allowSameOrigin: true
    } as const
    t.type(await storage.functions.update(id, { patch, code: undefined, now: NOW + 5 }), 'string')
    t.match((await storage.functions.find(id))?.fn, {
      ...patch,
      createdAt: NOW,
      updatedAt: NOW + 5
    })
    await storage.functions.update(id, {
      patch: { cronSchedule: '' },
      code: undefined,
      now: NOW + 6
    })
    t.match((await storage.functions.find(id))?.fn, {
      ...patch,
      cronSchedule: '',
      updatedAt: NOW + 6
    })
    await storage.functions.update(id, {
      patch: { description: undefined, retentionDays: undefined },
      code: undefined,
      now: NOW + 7
    })
    t.match((await storage.functions.find(id))?.fn, {
      name: 'n',
      description: undefined,
      retentionDays: undefined
    })
    t.equal((await storage.functions.find(id))?.active?.version, 1)
  })

  t.test('code in an update makes and activates a version, even when it is the same', async t => {
    const storage = await open(t)
    const id = await createFunction(storage, { code: 'a' })
    await storage.functions.update(id, { patch: {}, code: 'a', now: NOW + 1 })
    t.match(await storage.functions.find(id), {
      fn: { updatedAt: NOW + 1 },
      active: { version: 2, code: 'a', createdAt: NOW + 1, isActive: true }
    })
  })

  t.test('only enabled functions with a set and active schedule are scheduled', async t => {
    const storage = await open(t)
    const schedule = { cronSchedule: '0 * * * *', cronStatus: 'active' } as const
    const patches: Partial<FunctionRecord>[] = [
      schedule,
      { ...schedule, disabled: true },
      { ...schedule, cronStatus: 'paused' },
      { ...schedule, cronSchedule: '' },
      { cronStatus: 'active' },
      schedule
    ]
    const made: string[] = []
    for (const patch of patches) {
      const id = await createFunction(storage)
      made.push(id)
      await storage.functions.update(id, { patch, code: undefined, now: NOW })
    }
    t.same(
      (await storage.functions.listScheduled()).map(({ fn }) => fn.id),
      [made[0], made[5]]
    )
    await storage.functions.remove(made[0]!)
    t.same(
      (await storage.functions.listScheduled()).map(({ fn }) => fn.id),
      [made[5]]
    )
  })

  t.test(
    'when a function last ran by its schedule is known when that execution is long deleted',
    async t => {
      const storage = await open(t)
      const id = await createFunction(storage)
      await storage.functions.update(id, {
        patch: { cronSchedule: '0 0 1 * *', cronStatus: 'active' },
        code: undefined,
        now: NOW
      })
      const last = async () => (await storage.functions.listScheduled())[0]?.lastCronAt
      t.equal(await last(), undefined)
      await run(storage, id, { trigger: 'cron', createdAt: NOW })
      await run(storage, id, { trigger: 'http', createdAt: NOW + 100 })
      t.equal(await last(), NOW)
      const going = newExecution(id, { trigger: 'cron', createdAt: NOW + 50 })
      storage.executions.begin(going)
      storage.executions.appendLogs(going.id, [log('early')])
      t.equal(await last(), NOW + 50, 'a run that goes on counts from its first durable record')
      await storage.executions.finish(finished(going))
      while ((await storage.executions.expire(NOW + 400 * 86_400, 100)) > 0);
      t.same(await storage.executions.list(id, PAGE), { rows: [], total: 0 })
      t.equal(await last(), NOW + 50)
    }
  )

  t.test('a removed function takes everything with it, at once', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    const other = await createFunction(storage)
    const execution = await run(storage, id)
    const kept = await run(storage, other)
    await storage.kv.set(id, bytes('k'), bytes('v'))
    await storage.env.set(id, 'A', 'b')
    t.equal(await storage.functions.remove(id), true)
    t.equal(await storage.functions.find(id), undefined)
    t.same(
      (await storage.functions.list(PAGE)).rows.map(({ fn }) => fn.id),
      [other]
    )
    t.same((await storage.functions.list(PAGE, 'fn')).total, 1)
    t.same(await storage.versions.list(id, PAGE), { rows: [], total: 0 })
    t.equal(await storage.versions.find(id, 1), undefined)
    t.equal(await storage.executions.find(execution), undefined)
    t.same(await storage.executions.list(id, PAGE), { rows: [], total: 0 })
    t.same(await storage.executions.latest([id]), new Map())
    t.equal(await storage.kv.get(id, bytes('k')), undefined)
    t.same(await storage.env.all(id), {})
    t.equal(await storage.functions.remove(id), false)
    t.equal((await storage.executions.find(kept))?.id, kept)
  })

  t.test('an id that was removed can be made anew and has nothing of the old', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    await run(storage, id)
    await storage.kv.set(id, bytes('k'), bytes('v'))
    await storage.functions.remove(id)
    await storage.functions.create({
      id,
      name: 'again',
      description: undefined,
      code: '',
      now: NOW
    })
    t.same(await storage.executions.list(id, PAGE), { rows: [], total: 0 })
    t.equal(await storage.kv.get(id, bytes('k')), undefined)
    await run(storage, id)
    t.equal((await storage.executions.list(id, PAGE)).total, 1)
  })

  t.test('restore takes over a function with its versions as they are, once', async t => {
    const storage = await open(t)
    const id = ids.next()
    const fn: FunctionRecord = {
      id,
      name: 'old',
      description: undefined,
      disabled: true,
      retentionDays: 15,
      cronSchedule: '',
      cronStatus: 'active',
      cronCatchUp: true,
      saveResponse: true,
      allowSameOrigin: true,
      slug: 'old-one',
      frontDoor: { access: { mode: 'key' }, kv_bytes: 5 },
      createdAt: 1,
      updatedAt: 2
    }
    const versions = [2, 5].map(version => ({
      id: `ver_${id}_v${version}`,
      functionId: id,
      version,
      code: `c${version}`,
      createdAt: version,
      isActive: version === 2
    }))
    t.equal(await storage.functions.restore(fn, versions), true)
    t.strictSame(await storage.functions.find(id), { fn, active: versions[0] })
    t.strictSame((await storage.versions.list(id, PAGE)).rows, [versions[1], versions[0]])
    t.equal(await storage.functions.restore({ ...fn, name: 'new' }, []), false)
    t.equal((await storage.functions.find(id))?.fn.name, 'old')
    await storage.functions.update(id, { patch: {}, code: 'c6', now: 9 })
    t.equal((await storage.functions.find(id))?.active?.version, 6)
  })

  t.test('a function may have no active version', async t => {
    const storage = await open(t)
    const id = ids.next()
    await storage.functions.restore(functionRecord({ id }), [])
    t.match(await storage.functions.find(id), { fn: { id }, active: undefined })
  })

  t.test('listeners hear of every change, when reads already show it', async t => {
    const storage = await open(t)
    const seen: [string, string | undefined][] = []
    const pending: Promise<unknown>[] = []
    const end = storage.functions.onChange(id => {
      pending.push(storage.functions.find(id).then(found => seen.push([id, found?.fn.name])))
    })
    const id = await createFunction(storage, { name: 'a' })
    await storage.functions.update(id, { patch: { name: 'b' }, code: 'x', now: NOW })
    await storage.versions.activate(id, `ver_${id}_v1`)
    await storage.functions.remove(id)
    end()
    await createFunction(storage)
    await Promise.all(pending)
    t.same(seen, [
      [id, 'a'],
      [id, 'b'],
      [id, 'b'],
      [id, undefined]
    ])
  })

  t.test('parallel updates all take effect, with a version number each', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        storage.functions.update(id, { patch: { name: `n${i}` }, code: `c${i}`, now: NOW })
      )
    )
    const { rows, total } = await storage.versions.list(id, { limit: 100, offset: 0 })
    t.equal(total, 51)
    t.same(
      rows.map(({ version }) => version),
      Array.from({ length: 51 }, (_, i) => 51 - i)
    )
    t.equal(rows.filter(({ isActive }) => isActive).length, 1)
    t.match(await storage.functions.find(id), {
      fn: { name: 'n49' },
      active: { version: 51, code: 'c49' }
    })
  })
}
