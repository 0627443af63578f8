/** The Debian package: installed, used, upgraded with its data, removed, purged; in a root without systemd. */
import assert from 'node:assert/strict'
import { access, copyFile, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { countOn, doMainJob, watchInstalled, type Installed } from './main-job.js'
import { checkOldData, layOldData } from './old-data.js'
import type { Root } from './root.js'

const DATA = 'var/lib/moonlet'
const BACKUPS = 'var/backups/moonlet'
const WANTED = 'etc/systemd/system/multi-user.target.wants/moonlet.service'

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false
  )

export async function checkDeb(root: Root, deb: string): Promise<void> {
  await copyFile(deb, root.path('root/new.deb'))
  await makeOlder(root, deb)
  await checkHygiene(root)

  await root.run('dpkg -i /root/old.deb')
  assert.equal((await stat(root.path('etc/moonlet.env'))).mode & 0o777, 0o600)
  assert.ok(
    (await root.run(`readlink /${WANTED}`)).endsWith('moonlet.service'),
    'the unit is enabled'
  )
  const id = await use(root, async server => await doMainJob(server))

  await writeFile(root.path('etc/moonlet.env'), 'LOG_LEVEL=warn\n')
  const told = await root.run('dpkg -i /root/new.deb')
  const backup = /backed up \/var\/lib\/moonlet to \/(\S+)/.exec(told)?.[1]
  assert.ok(backup !== undefined, told)
  assert.deepEqual((await readdir(root.path(backup))).sort(), [
    'api_key.txt',
    'moonlet.db',
    'secret.key'
  ])
  assert.equal((await stat(root.path(BACKUPS))).mode & 0o777, 0o700)
  assert.equal(await readFile(root.path('etc/moonlet.env'), 'utf8'), 'LOG_LEVEL=warn\n')
  await use(root, async server => {
    await countOn(server, id, 11)
  })
  // The backup is what there was before.
  await root.run(`moonlet --data-dir /${DATA} restore /${backup}/moonlet.db`)
  await use(root, async server => {
    await countOn(server, id, 11)
  })
  await checkRefusedUpgrade(root)
  await checkUpgradeFromOldData(root)
  await checkRemoval(root)
}

/** Serves by the command that is on the PATH, and ends it. */
async function use<T>(root: Root, work: (server: Installed) => Promise<T>): Promise<T> {
  const child = root.start(['moonlet', '--data-dir', `/${DATA}`, 'serve'], {
    HOST: '127.0.0.1',
    PORT: '0'
  })
  const server = await watchInstalled(child, root.path(`${DATA}/api_key.txt`))
  const result = await work(server)
  await server.stop()
  return result
}

/** The same package under a lower number. */
async function makeOlder(root: Root, deb: string): Promise<void> {
  const folder = root.path('root/older')
  await execa('dpkg-deb', ['--raw-extract', deb, folder])
  const control = join(folder, 'DEBIAN/control')
  const text = await readFile(control, 'utf8')
  await writeFile(control, text.replace(/^Version: .*$/m, 'Version: 0.0.9'))
  await execa('dpkg-deb', [
    '--root-owner-group',
    '-Znone',
    '--build',
    folder,
    root.path('root/old.deb')
  ])
  await rm(folder, { recursive: true })
}

/** What lintian would look at first. */
async function checkHygiene(root: Root): Promise<void> {
  const { stdout: list } = await execa('dpkg-deb', ['--contents', root.path('root/new.deb')])
  const lines = list.split('\n')
  assert.deepEqual(
    lines.filter(line => !/^\S+ root\/root /.test(line)),
    [],
    'all is of root'
  )
  const writable = lines.filter(line => !line.startsWith('l') && /^.(....w|.......w)/.test(line))
  assert.deepEqual(writable, [], 'nobody else writes')
  const { stdout: control } = await execa('dpkg-deb', ['--field', root.path('root/new.deb')])
  assert.match(control, /^Depends: libc6 \(>= [\d.]+\), .*\butil-linux\b/m)
  for (const field of ['Maintainer', 'Section', 'Priority', 'Homepage', 'Installed-Size']) {
    assert.match(control, new RegExp(`^${field}: .+$`, 'm'))
  }
  for (const file of [
    'copyright',
    'changelog.gz',
    'README.md',
    'THIRD-PARTY.md',
    'config/nginx.conf'
  ]) {
    assert.ok(list.includes(`./usr/share/doc/moonlet/${file}`), file)
  }
}

/** What cannot be backed up is not upgraded: the version that is there stays and works. */
async function checkRefusedUpgrade(root: Root): Promise<void> {
  const file = root.path(`${DATA}/moonlet.db`)
  await copyFile(file, root.path('root/kept.db'))
  await writeFile(file, 'no database '.repeat(1_000))
  const before = await readdir(root.path(BACKUPS))
  await assert.rejects(root.run('dpkg -i /root/new.deb'), /could not be backed up/)
  assert.deepEqual(await readdir(root.path(BACKUPS)), before)
  assert.match(await root.run('dpkg --status moonlet'), /^Status: install ok installed$/m)
  await copyFile(root.path('root/kept.db'), file)
}

async function checkUpgradeFromOldData(root: Root): Promise<void> {
  await rm(root.path(DATA), { recursive: true })
  await layOldData(root.path(DATA))
  for (const old of ['a', 'b', 'c']) await mkdir(root.path(`${BACKUPS}/0.0.1-${old}`))
  await root.run('dpkg -i /root/new.deb')
  assert.equal((await readdir(root.path(BACKUPS))).length, 3, 'the newest backups stay')
  await use(root, checkOldData)
}

async function checkRemoval(root: Root): Promise<void> {
  await root.run('dpkg --remove moonlet')
  assert.equal(await isThere(root.path('usr/bin/moonlet')), false)
  assert.equal(await isThere(root.path('usr/lib/moonlet')), false)
  for (const kept of ['etc/moonlet.env', `${DATA}/moonlet.db`, BACKUPS]) {
    assert.ok(await isThere(root.path(kept)), `${kept} is kept`)
  }
  const told = await root.run('dpkg --purge moonlet')
  assert.match(
    told,
    /removing \/var\/lib\/moonlet, \/var\/backups\/moonlet and \/etc\/moonlet\.env/
  )
  for (const gone of ['etc/moonlet.env', DATA, BACKUPS, WANTED]) {
    assert.equal(await isThere(root.path(gone)), false, `${gone} is gone`)
  }
}
