/** Whatever holds data is for the server's user alone. */
import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { exportFunctions } from '../../core/export-import/export.js'
import { createOfflineStorage } from '../../plugins/storage/offline.js'
import { temporaryFolder } from '../helpers/build.js'
import { startServer } from '../helpers/server.js'

const ID = 'd4l1ikp2rpqc73a0b1c0'
const quiet = { force: false, onProgress() {} }
const modeOf = async (path: string) => ((await lstat(path)).mode & 0o777).toString(8)

/** Mode of each file of a folder, at any depth, as `path mode`; all that are not what they should be. */
async function tooOpen(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  const modes = await Promise.all(
    entries
      .map(
        async entry =>
          [join(entry.parentPath, entry.name), entry.isDirectory() ? '700' : '600'] as const
      )
      .map(async pair => {
        const [path, wanted] = await pair
        return [path, await modeOf(path), wanted] as const
      })
  )
  return modes
    .filter(([, mode, wanted]) => mode !== wanted)
    .map(([path, mode]) => `${path.slice(folder.length)} ${mode}`)
}

/** A data folder with a function and a secret. */
async function withData(t: Test) {
  const folder = join(await temporaryFolder(t), 'deep', 'data')
  const offline = createOfflineStorage({ DATA_DIR: folder, SECRET_KEY: undefined })
  const { storage, close } = await offline.open({ alone: true })
  await storage.functions.create({ id: ID, name: 'f', description: undefined, code: '--', now: 1 })
  await storage.env.replace(ID, { TOKEN: 'secret' })
  await close()
  return { folder, offline }
}

/** Under the umask that lets everybody read, as most machines have it. */
t.beforeEach(() => {
  process.umask(0o022)
})

t.test('a server makes its data folder 700 and every file in it 600', async t => {
  const folder = join(await temporaryFolder(t), 'data')
  const server = await startServer(t, { DATA_DIR: folder })
  t.equal(await modeOf(folder), '700')
  t.ok((await readdir(folder)).includes('moonlet.db-wal'))
  t.same(await tooOpen(folder), [])
  await server.stop()
  t.same(await tooOpen(folder), [])
})

t.test(
  'a server takes the rights of others from a database that an earlier version made',
  async t => {
    const { folder } = await withData(t)
    await chmod(join(folder, 'moonlet.db'), 0o644)
    await chmod(join(folder, 'server.lock'), 0o644)
    await startServer(t, { DATA_DIR: folder })
    t.same(await tooOpen(folder), [])
  }
)

t.test('a backup, a restored database and the one set aside are 600', async t => {
  const { folder, offline } = await withData(t)
  const backup = join(folder, '..', 'backup.db')
  await writeFile(backup, 'an old one', { mode: 0o644 })
  await offline.backup(backup, { ...quiet, force: true })
  t.equal(await modeOf(backup), '600')
  await chmod(backup, 0o644)
  await chmod(join(folder, 'moonlet.db'), 0o644)
  await offline.restore(backup, quiet.onProgress)
  t.ok((await readdir(folder)).some(name => name.includes('before-restore')))
  t.same(await tooOpen(folder), [])
})

t.test('a backup replaces a symbolic link instead of following it', async t => {
  const { folder, offline } = await withData(t)
  const outside = join(folder, '..', 'outside')
  await writeFile(outside, 'mine')
  const backup = join(folder, '..', 'backup.db')
  for (const end of ['', '.unchecked', '.unchecked.part']) await symlink(outside, `${backup}${end}`)
  await offline.backup(backup, { ...quiet, force: true })
  t.equal(await readFile(outside, 'utf8'), 'mine')
  t.ok((await lstat(backup)).isFile())
})

t.test('an export is 600 in folders of 700, also over an older one', async t => {
  const { folder, offline } = await withData(t)
  const target = join(folder, '..', 'export')
  const { storage, close } = await offline.open({ alone: true })
  t.teardown(close)
  for (const withSecrets of [false, true]) {
    await exportFunctions(storage, target, { withSecrets })
    t.equal(await modeOf(target), '700')
    t.same(await tooOpen(target), [])
    for (const name of ['function.json', 'main.lua']) await chmod(join(target, 'f', name), 0o644)
    await chmod(join(target, 'f'), 0o755)
  }
  await exportFunctions(storage, target, { withSecrets: true })
  t.same(await tooOpen(target), [])
  t.match(await readFile(join(target, 'f', 'function.json'), 'utf8'), /"TOKEN": "secret"/)
  t.same(
    (await readdir(join(target, 'f'))).sort(),
    ['function.json', 'main.lua'],
    'and leaves no draft'
  )
})

t.test('an export does not follow symbolic links out of its folder', async t => {
  const { folder, offline } = await withData(t)
  const target = join(folder, '..', 'export')
  const outside = join(folder, '..', 'outside')
  const { storage, close } = await offline.open({ alone: true })
  t.teardown(close)
  await mkdir(join(target, 'f'), { recursive: true })
  await writeFile(outside, 'mine')
  for (const name of ['function.json', 'main.lua']) await symlink(outside, join(target, 'f', name))
  await exportFunctions(storage, target, { withSecrets: true })
  t.equal(await readFile(outside, 'utf8'), 'mine')
  t.ok((await lstat(join(target, 'f', 'function.json'))).isFile())

  const other = join(folder, '..', 'linked')
  await mkdir(join(folder, '..', 'elsewhere'))
  await mkdir(other)
  await symlink(join('..', 'elsewhere'), join(other, 'f'))
  await t.rejects(exportFunctions(storage, other, { withSecrets: true }), {
    code: 'VALIDATION',
    message: /linked\/f is a symbolic link; remove it first/
  })
  t.same(await readdir(join(folder, '..', 'elsewhere')), [])
})

t.test('keys are 600, also those of a rotation that meets a symbolic link', async t => {
  const { folder, offline } = await withData(t)
  const outside = join(folder, '..', 'outside')
  await writeFile(outside, 'mine')
  await symlink(outside, join(folder, 'secret.key.new'))
  await offline.rotateSecretKey()
  t.equal(await readFile(outside, 'utf8'), 'mine')
  t.same(await tooOpen(folder), [])
  t.ok((await stat(join(folder, 'secret.key'))).isFile())
})
