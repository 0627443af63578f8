/** Databases of lunar that somebody has filled by hand. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { importLunar } from '../../../../plugins/storage/import/import-lunar.js'
import { openAt, SECRET_KEY, temporaryFolder } from '../open-storage.js'
import { execution, fn, ID, version, writeLunarDatabase } from './lunar-database.js'

const migrationsFolder = fileURLToPath(new URL('../../../../../migrations/', import.meta.url))

async function take(t: Test, tables: Parameters<typeof writeLunarDatabase>[1]) {
  const folder = await temporaryFolder(t)
  const [file, database] = [join(folder, 'lunar.db'), join(folder, 'moonlet.db')]
  writeLunarDatabase(file, tables)
  const report = await importLunar({
    file,
    database,
    migrationsFolder,
    secretKey: SECRET_KEY,
    onProgress() {}
  })
  return { report, storage: await openAt(t, database) }
}

t.test(
  'a function with a schedule that is none is taken over without it, and the report says so',
  async t => {
    const { report, storage } = await take(t, {
      functions: [fn({ cron_schedule: '@whenever' })],
      function_versions: [version(1, { is_active: 1 })]
    })
    t.match((await storage.functions.find(ID))?.fn, {
      name: 'hello',
      cronSchedule: undefined,
      cronStatus: 'paused'
    })
    t.match(report.notes, [
      /hello \(d4l1ikp2rpqc73a0b1c0\) was taken over without its schedule "@whenever": cron_schedule: invalid cron expression/
    ])
  }
)

t.test('ids that cannot stand in an address are refused', async t => {
  const bad = ['a/b', '../x', 'a b', 'a?b', 'x'.repeat(65), '', 'a\u0000b']
  const { report, storage } = await take(t, {
    functions: [fn(), ...bad.map(id => fn({ id }))],
    function_versions: [version(1, { is_active: 1 })],
    executions: bad.map(id => execution(`e/${id}`, { function_version_id: `ver_${ID}_v1` }))
  })
  t.match(report.tables, {
    functions: { taken: 1, refused: bad.length },
    executions: { taken: 0, refused: bad.length }
  })
  t.equal((await storage.functions.list({ limit: 10, offset: 0 })).total, 1)
  t.match(report.problems[0]?.reason, /^id is .*, not an id of up to 64 letters/)
})

t.test(
  'keys, values, names and code beyond the limits of the API are refused, the rest is taken',
  async t => {
    const huge = 'k'.repeat(100 * 1024 * 1024)
    const { report, storage } = await take(t, {
      functions: [
        fn(),
        fn({ id: 'long', name: 'n'.repeat(101) }),
        fn({ id: 'wordy', description: 'd'.repeat(501) })
      ],
      function_versions: [
        version(1, { is_active: 1 }),
        version(2, { code: '-'.repeat(1024 * 1024 + 1) })
      ],
      kv_store: [
        { function_id: ID, key: huge, value: 'v' },
        { function_id: ID, key: 'k'.repeat(64 * 1024 + 1), value: 'v' },
        { function_id: ID, key: 'large', value: Buffer.alloc(8 * 1024 * 1024 + 1) },
        { function_id: '', key: 'k'.repeat(64 * 1024 + 1), value: 'v' },
        { function_id: ID, key: 'fits', value: 'v' }
      ],
      env_vars: [
        { function_id: ID, key: 'K'.repeat(101), value: 'v' },
        { function_id: ID, key: 'LONG', value: 'v'.repeat(10_001) },
        { function_id: ID, key: 'FITS', value: 'v' }
      ]
    })
    t.match(report.tables, {
      functions: { taken: 1, refused: 2 },
      function_versions: { taken: 1, refused: 1 },
      kv_store: { taken: 1, refused: 4 },
      env_vars: { taken: 1, refused: 2 }
    })
    t.same(await storage.env.all(ID), { FITS: 'v' })
    t.ok(JSON.stringify(report).length < 5000, 'and the report can be read')
  }
)
