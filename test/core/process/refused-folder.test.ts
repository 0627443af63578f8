/** A start on a data folder that takes nothing, or not enough: one sentence that says what is wrong, and no stack. */
import { randomBytes } from 'node:crypto'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { execa } from 'execa'
import t from 'tap'
import { createOfflineStorage } from '../../../plugins/storage/offline.js'
import { temporaryFolder } from '../../helpers/build.js'

const program = fileURLToPath(new URL('../../../core/cli.js', import.meta.url))
const mayMount = await execa('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt'], {
  reject: false
})
const skip = mayMount.exitCode === 0 ? false : 'only root may mount file systems'

/** Starts a server in a file system of its own, mounted with these options, after a script in it. */
async function start(folder: string, options: string, script = 'true'): Promise<string> {
  const mount = `mount -t tmpfs -o ${options} none ${folder} && cd ${folder} && ${script}`
  const { exitCode, stderr } = await execa(
    'unshare',
    ['--mount', 'sh', '-c', `${mount}; cd /; exec "$@"`, 'sh', process.execPath, program, 'serve'],
    { env: { DATA_DIR: folder, PORT: '0', HOST: '127.0.0.1' }, reject: false, timeout: 120_000 }
  )
  t.equal(exitCode, 1, stderr)
  return stderr
}

t.test('a start says why the data folder is of no use', { skip }, async t => {
  const folder = await temporaryFolder(t)
  const cases: ReadonlyArray<readonly [options: string, words: RegExp, script?: string]> = [
    ['size=20m,ro', /cannot be opened as a database: that file system is read-only \(EROFS\)/],
    ['size=20m', /The disk is full: free some space/, 'head -c 30m /dev/zero >fill 2>/dev/null'],
    // Room for the lock, but not for the key; and for all but the log's index.
    ['size=20m,nr_inodes=3', /secret\.key\S* cannot be used \(open\): the disk has no room/],
    ['size=20m,nr_inodes=4', /moonlet\.db cannot be opened as a database: the disk has no room/],
    ['size=20m,nr_inodes=6', /moonlet\.db cannot be opened as a database: the disk has no room/]
  ]
  for (const [options, words, script] of cases) {
    const said = await start(folder, options, script)
    t.match(said, words, options)
    t.match(said, folder, 'and which')
    t.notMatch(said, /\n\s+at /, 'no stack')
  }
})

t.test('a start on a damaged database says which, and what to do', async t => {
  const folder = await temporaryFolder(t)
  const file = join(folder, 'moonlet.db')
  const { storage, close } = await createOfflineStorage({
    DATA_DIR: folder,
    SECRET_KEY: undefined
  }).open({ alone: true })
  await storage.probe()
  await close()
  const db = new Database(file)
  const page = db
    .prepare<[], number>("select rootpage from sqlite_schema where name = 'functions'")
    .pluck()
    .get()
  const size = Number(db.pragma('page_size', { simple: true }))
  db.close()
  const handle = await open(file, 'r+')
  await handle.write(randomBytes(size), 0, size, ((page ?? 0) - 1) * size)
  await handle.close()
  const { exitCode, stderr } = await execa(process.execPath, [program, 'serve'], {
    env: { DATA_DIR: folder, PORT: '0', HOST: '127.0.0.1' },
    reject: false
  })
  t.equal(exitCode, 1)
  t.match(stderr, `${file}: The database failed: database disk image is malformed. `)
  t.match(stderr, /The database is damaged: restore a backup/)
  t.notMatch(stderr, /\n\s+at /, 'no stack')
})
