import t from 'tap'
import Database from 'better-sqlite3'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bytes, createFunction, PAGE, run } from '../../../contracts/storage-fixtures.js'
import { openAt, temporaryFolder } from '../open-storage.js'

t.test(
  'a backup under load is whole and holds all that was acknowledged before it began',
  async t => {
    const folder = await temporaryFolder(t)
    const storage = await openAt(t, join(folder, 'moonlet.db'))
    const id = await createFunction(storage)
    const before = await Promise.all(
      Array.from({ length: 2000 }, () => run(storage, id, { eventJson: 'x'.repeat(4000) }))
    )
    await storage.env.set(id, 'A', 'b')

    const copied = new AbortController()
    let written = 0
    const load = (async () => {
      while (!copied.signal.aborted) {
        await Promise.all([run(storage, id), storage.kv.increment(id, bytes('n'), 1)])
        written++
      }
    })()
    const progress: [number, number][] = []
    await storage.backup(join(folder, 'copy.db'), (done, total) => {
      progress.push([done, total])
    })
    copied.abort()
    await load
    t.ok(written > 1, `${written} writes meanwhile`)

    t.ok(progress.length > 5)
    t.ok(
      progress.every(([done, total], i) => done <= total && done >= (progress[i - 1]?.[0] ?? 0)),
      'progress only grows'
    )
    t.same(progress.at(-1)?.[0], progress.at(-1)?.[1], 'and ends with the whole')
    const copy = new Database(join(folder, 'copy.db'))
    t.equal(copy.pragma('integrity_check', { simple: true }), 'ok')
    t.same(copy.pragma('foreign_key_check'), [])
    copy.close()

    const restored = await openAt(t, join(folder, 'copy.db'))
    for (const execution of before) {
      if ((await restored.executions.find(execution)) === undefined) t.fail(`missing: ${execution}`)
    }
    t.equal(await restored.env.get(id, 'A'), 'b')
    const { total } = await restored.executions.list(id, PAGE)
    t.equal(
      total,
      Number(Buffer.from((await restored.kv.get(id, bytes('n'))) ?? []).toString() || 0) + 2000,
      'one moment: what was written together is there together'
    )
  }
)

t.test('a backup that fails says why and leaves an older one as it was', async t => {
  const folder = await temporaryFolder(t)
  const storage = await openAt(t, join(folder, 'moonlet.db'))
  await t.rejects(storage.backup(join(folder, 'absent', 'copy.db')), {
    code: 'STORAGE_FAILED',
    message: /directory does not exist/
  })
  const file = join(folder, 'old.db')
  await storage.backup(file)
  await storage.backup(file)
  t.equal(existsSync(`${file}.part`), false)
  await writeFile(join(folder, 'plain'), 'x')
  await t.rejects(storage.backup(join(folder, 'plain', 'copy.db')), { code: 'STORAGE_FAILED' })
})
