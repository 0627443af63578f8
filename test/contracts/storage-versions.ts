import type { Test } from 'tap'
import type { OpenStorage } from './storage.js'
import { createFunction, finished, newExecution, NOW, PAGE, run } from './storage-fixtures.js'

export function testVersions(t: Test, open: OpenStorage): void {
  t.test('versions are listed highest number first, one of them active', async t => {
    const storage = await open(t)
    const id = await createFunction(storage, { code: 'c1' })
    for (const code of ['c2', 'c3']) {
      await storage.functions.update(id, { patch: {}, code, now: NOW })
    }
    const { rows, total } = await storage.versions.list(id, { limit: 2, offset: 0 })
    t.same(
      rows.map(({ version, code, isActive }) => [version, code, isActive]),
      [
        [3, 'c3', true],
        [2, 'c2', false]
      ]
    )
    t.equal(total, 3)
    t.same(
      (await storage.versions.list(id, { limit: 2, offset: 2 })).rows.map(({ id }) => id),
      [`ver_${id}_v1`]
    )
    t.match(await storage.versions.find(id, 2), {
      version: 2,
      functionId: id,
      code: 'c2',
      isActive: false
    })
    t.equal(await storage.versions.find(id, 4), undefined)
    t.equal(await storage.versions.find('nope', 1), undefined)
    t.same(await storage.versions.list('nope', PAGE), { rows: [], total: 0 })
  })

  t.test('exactly one version is active after activating another', async t => {
    const storage = await open(t)
    const id = await createFunction(storage, { code: 'c1' })
    await storage.functions.update(id, { patch: {}, code: 'c2', now: NOW })
    t.type(await storage.versions.activate(id, `ver_${id}_v1`), 'string')
    t.equal((await storage.functions.find(id))?.active?.code, 'c1')
    t.same(
      (await storage.versions.list(id, PAGE)).rows.map(({ isActive }) => isActive),
      [false, true]
    )
    t.type(await storage.versions.activate(id, `ver_${id}_v1`), 'string', 'the active one again')
  })

  t.test(
    'a version of another function, or none at all, is neither activated nor removed',
    async t => {
      const storage = await open(t)
      const [one, two] = [await createFunction(storage), await createFunction(storage)]
      await storage.functions.update(two, { patch: {}, code: 'c2', now: NOW })
      for (const versionId of [
        `ver_${two}_v1`,
        `ver_${one}_v9`,
        `ver_${one}_v01`,
        `ver_${one}_v`,
        'nope',
        ''
      ]) {
        t.equal(await storage.versions.activate(one, versionId), false, versionId)
        t.equal(await storage.versions.remove(one, versionId), 'missing', versionId)
      }
      t.equal((await storage.versions.list(two, PAGE)).total, 2)
    }
  )

  t.test('the active version cannot be removed', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    t.equal(await storage.versions.remove(id, `ver_${id}_v1`), 'active')
    t.equal((await storage.versions.list(id, PAGE)).total, 1)
  })

  t.test('a removed version takes its executions with it and leaves the others', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    const gone = await run(storage, id)
    await storage.functions.update(id, { patch: {}, code: 'c2', now: NOW })
    const kept = await run(storage, id, { version: 2, status: 'error' })
    const alsoGone = await run(storage, id, { version: 1, status: 'error' })
    t.equal(await storage.versions.remove(id, `ver_${id}_v1`), 'removed')
    t.equal(await storage.versions.find(id, 1), undefined)
    for (const execution of [gone, alsoGone]) {
      t.equal(await storage.executions.find(execution), undefined)
    }
    t.match(await storage.executions.list(id, PAGE), { rows: [{ id: kept }], total: 1 })
    t.match(await storage.executions.list(id, PAGE, { status: 'error' }), {
      rows: [{ id: kept }],
      total: 1
    })
    t.match(await storage.executions.list(id, PAGE, { from: 0 }), {
      rows: [{ id: kept }],
      total: 1
    })
    t.same((await storage.executions.latest([id])).get(id)?.id, kept)
  })

  t.test('the number of a removed version is not given again', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    await storage.functions.update(id, { patch: {}, code: 'c2', now: NOW })
    await storage.versions.activate(id, `ver_${id}_v1`)
    t.equal(await storage.versions.remove(id, `ver_${id}_v2`), 'removed')
    await storage.functions.update(id, { patch: {}, code: 'c3', now: NOW })
    t.equal((await storage.functions.find(id))?.active?.version, 3)
  })

  t.test('a run still going when its version is removed leaves no record', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    const execution = newExecution(id)
    storage.executions.begin(execution)
    await storage.functions.update(id, { patch: {}, code: 'c2', now: NOW })
    await storage.versions.remove(id, `ver_${id}_v1`)
    await storage.executions.finish(finished(execution))
    t.equal(await storage.executions.find(execution.id), undefined)
    t.same(await storage.executions.list(id, PAGE), { rows: [], total: 0 })
  })

  t.test('a run still going when its function is removed leaves no record', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    const [written, unwritten] = [newExecution(id), newExecution(id)]
    storage.executions.begin(written)
    storage.executions.begin(unwritten)
    storage.executions.appendLogs(written.id, [])
    await storage.functions.remove(id)
    await storage.executions.finish(finished(written))
    await storage.executions.finish(finished(unwritten))
    t.equal(await storage.executions.find(written.id), undefined)
    t.equal(await storage.executions.find(unwritten.id), undefined)
  })
}
