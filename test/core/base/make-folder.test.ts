import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { makeFolder } from '../../../core/base/make-folder.js'
import { loadSecretKey } from '../../../plugins/storage/secrets/secret-key.js'
import { openStorage } from '../../../plugins/storage/storage.js'
import { temporaryFolder } from '../../helpers/build.js'

const main = fileURLToPath(new URL('../../../core/main.js', import.meta.url))
const program = fileURLToPath(new URL('../../../core/cli.js', import.meta.url))

/** Killed by the test's own limit only if it hangs: `status` is null then. */
function run(args: readonly string[], settings: Record<string, string>) {
  const env = { PATH: '/usr/bin:/bin', PORT: '0', HOST: '127.0.0.1', ...settings }
  const { status, stderr } = spawnSync(process.execPath, args, {
    env,
    encoding: 'utf8',
    timeout: 60_000,
    killSignal: 'SIGKILL'
  })
  return [status, stderr] as const
}

t.test('a data folder that cannot be is one clear sentence and exit code 1', async t => {
  const folder = await temporaryFolder(t)
  const file = join(folder, 'file')
  await writeFile(file, '')
  await symlink(join(folder, 'nowhere'), join(folder, 'dangling'))
  await symlink(join(folder, 'circle'), join(folder, 'circle'))
  for (const [DATA_DIR, why] of [
    [
      '/proc/x',
      /^The folder \/proc\/x cannot be used: \/proc\/x cannot be made: that file system has no such folders \(ENOENT\)\.$/
    ],
    [
      '/proc/self/a/b',
      /^The folder \/proc\/self\/a\/b cannot be used: \/proc\/self\/a cannot be made: .+\.$/
    ],
    ['/dev/null', /^The folder \/dev\/null cannot be used: \/dev\/null is not a folder\.$/],
    ['/dev/null/x', /: \/dev\/null is not a folder\.$/],
    ['/sys/x', /: \/sys\/x cannot be made: .+ \((EPERM|EACCES|EROFS)\)\.$/],
    [file, /: \S+\/file is not a folder\.$/],
    [join(file, 'below', 'it'), /: \S+\/file is not a folder\.$/],
    [join(folder, 'dangling'), /: a link that leads nowhere is in its place \(EEXIST\)\.$/],
    [join(folder, 'circle', 'x'), /: its links lead in a circle \(ELOOP\)\.$/],
    [join(folder, 'n'.repeat(300)), /: the name is too long \(ENAMETOOLONG\)\.$/]
  ] as const) {
    const [status, said] = run([main], { DATA_DIR })
    t.equal(status, 1, DATA_DIR)
    t.match(said, /^Moonlet could not start\. .+\n$/, 'one line')
    t.match(said.trimEnd().replace('Moonlet could not start. ', ''), why)
  }
})

t.test('commands say the same of folders they are given', async t => {
  const folder = await temporaryFolder(t)
  t.match(run([program, 'import', folder], { DATA_DIR: '/proc/x' }), [
    1,
    /^The folder \/proc\/x cannot be used: /
  ])
  const data = join(folder, 'data')
  makeFolder(data)
  await (
    await openStorage({ file: join(data, 'moonlet.db'), secretKey: await loadSecretKey(data) })
  ).close()
  t.match(run([program, '--data-dir', data, 'export', '/proc/x'], {}), [
    1,
    /^The folder \/proc\/x cannot be used: .+\n$/
  ])
})

t.test(
  'folders are made with those above them, in the mode asked for, and may be there already',
  async t => {
    const folder = await temporaryFolder(t)
    makeFolder(join(folder, 'a', 'b', '..', 'c'))
    t.notOk(existsSync(join(folder, 'a', 'b')))
    for (const path of ['a', 'a/c']) t.equal(statSync(join(folder, path)).mode & 0o777, 0o700, path)
    await symlink(join(folder, 'a'), join(folder, 'link'))
    makeFolder(join(folder, 'link', 'd'))
    t.ok(existsSync(join(folder, 'a', 'd')), 'links to folders are followed')
    t.doesNotThrow(() => {
      makeFolder(join(folder, 'a', 'c'))
    })
  }
)
