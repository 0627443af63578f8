/** Folders of functions that come from strangers. */
import { execFile } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { createTerminal } from '../../../core/cli/terminal.js'
import { createIdSource } from '../../../core/base/ids.js'
import { importFunctions } from '../../../core/export-import/import.js'
import { openNew, temporaryFolder } from '../../plugins/storage/open-storage.js'

const A = 'd4l1ikp2rpqc73a0b1c0'
const B = 'd4l1ikp2rpqc73a0b1d0'
const settings = (change: object = {}) => JSON.stringify({ id: A, name: 'a', ...change })

/** `take` imports the folders: path to text. */
async function world(t: Test) {
  const storage = await openNew(t)
  const folder = await temporaryFolder(t)
  return {
    storage,
    folder,
    async write(files: Readonly<Record<string, string>>) {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(join(folder, path, '..'), { recursive: true })
        await writeFile(join(folder, path), text)
      }
    },
    take: () => importFunctions(storage, createIdSource(), folder, () => {}),
    names: async () =>
      (await storage.functions.list({ limit: 100, offset: 0 })).rows.map(({ fn }) => fn.name).sort()
  }
}

t.test('symbolic links are not followed, whatever they stand for', async t => {
  const { write, take, names, folder } = await world(t)
  const outside = await temporaryFolder(t)
  await writeFile(join(outside, 'main.lua'), '-- secret')
  await writeFile(join(outside, 'function.json'), settings({ name: 'outside' }))
  await write({
    'code/function.json': settings(),
    'settings/main.lua': '--',
    'fine/main.lua': '--',
    'fine/function.json': settings({ id: B, name: 'fine' })
  })
  await symlink(join(outside, 'main.lua'), join(folder, 'code/main.lua'))
  await symlink(join(outside, 'function.json'), join(folder, 'settings/function.json'))
  await symlink(outside, join(folder, 'whole'))
  t.same(await take(), [
    {
      folder: 'code',
      action: 'failed',
      note: 'main.lua is a symbolic link, which is not followed'
    },
    { folder: 'fine', action: 'created' },
    {
      folder: 'settings',
      action: 'failed',
      note: 'function.json is a symbolic link, which is not followed'
    },
    { folder: 'whole', action: 'failed', note: 'it is a symbolic link, which is not followed' }
  ])
  t.same(await names(), ['fine'])
})

t.test('nor is the folder of shared modules looked for behind one', async t => {
  const { storage, write, take, folder } = await world(t)
  const outside = await temporaryFolder(t)
  await writeFile(join(outside, 'secret.lua'), 'return "secret"')
  await write({ 'fine/main.lua': '--', 'fine/function.json': settings() })
  await symlink(outside, join(folder, 'modules'))
  t.same(await take(), [
    { folder: 'modules', action: 'failed', note: 'it is a symbolic link, which is not followed' },
    { folder: 'fine', action: 'created' }
  ])
  t.equal((await storage.modules.list({ limit: 1, offset: 0 })).total, 0)
})

t.test('a pipe in the place of a file is not waited for, a file too large not read', async t => {
  const { write, take, folder } = await world(t)
  await write({
    'pipe/function.json': settings(),
    'large/function.json': settings({ id: B, name: 'b' }),
    'large/main.lua': '-'.repeat(1024 * 1024 + 1)
  })
  await promisify(execFile)('mkfifo', [join(folder, 'pipe/main.lua')])
  t.match(await take(), [
    { folder: 'large', note: 'main.lua has 1048577 bytes; up to 1048576 are taken' },
    { folder: 'pipe', note: 'main.lua is no file' }
  ])
})

t.test(
  'two folders that mean one function are an error, and neither overwrites the other',
  async t => {
    const { write, take, names, storage } = await world(t)
    await write({
      'one/main.lua': '-- one',
      'one/function.json': settings(),
      'two/main.lua': '-- two',
      'two/function.json': settings({ name: 'b' }),
      'three/main.lua': '--',
      'three/function.json': settings({ id: undefined, name: 'same' }),
      'four/main.lua': '--',
      'four/function.json': settings({ id: B, name: 'same' }),
      'five/main.lua': '--',
      'five/function.json': settings({ id: undefined, name: 'only' })
    })
    const report = await take()
    t.same(
      report.map(({ folder, action }) => `${folder} ${action}`),
      ['five created', 'four failed', 'one failed', 'three failed', 'two failed']
    )
    t.match(
      report.find(({ folder }) => folder === 'one')?.note,
      `its id ${A} or name is also that of two; none of them was taken`
    )
    t.same(await names(), ['only'])
    t.equal(await storage.functions.find(A), undefined)
  }
)

t.test(
  'variables beyond the limits of the API are refused, and nothing of their function is taken',
  async t => {
    const { write, take, names } = await world(t)
    for (const variables of [
      { ['K'.repeat(101)]: 'v' },
      { K: 'v'.repeat(10_001) },
      { ' ': 'v' },
      Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`K${i}`, 'v']))
    ]) {
      await write({ 'a/main.lua': '--', 'a/function.json': settings({ env_vars: variables }) })
      t.match(await take(), [{ action: 'failed', note: /^env_var/ }])
    }
    t.same(await names(), [])
  }
)

t.test('schedules that are none are refused', async t => {
  const { write, take } = await world(t)
  await write({ 'a/main.lua': '--', 'a/function.json': settings({ cron_schedule: '@whenever' }) })
  t.match(await take(), [{ action: 'failed', note: /invalid cron expression/ }])
})

t.test('control characters of names are printed as escapes', async t => {
  const [out, err] = [new PassThrough(), new PassThrough()]
  const terminal = createTerminal(out, err)
  terminal.say('failed  a\u001b[2J\u001b]0;title\u0007\r\nforged\u009b1m\u202e\u2028b\tc ü ☾')
  terminal.note('x\u001b[31m\n')
  out.end()
  err.end()
  t.equal(
    await text(out),
    'failed  a\\u001b[2J\\u001b]0;title\\u0007\\u000d\\u000aforged\\u009b1m\\u202e\\u2028b\tc ü ☾\n'
  )
  t.equal(await text(err), 'x\\u001b[31m\\u000a\n')
})
