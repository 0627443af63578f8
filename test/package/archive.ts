/** The archive: unpacked, started, used, brought from 0.1.0 to today, removed. */
import assert from 'node:assert/strict'
import { copyFile, readdir, rm, symlink } from 'node:fs/promises'
import { basename } from 'node:path'
import { execa } from 'execa'
import { countOn, doMainJob, watchInstalled } from './main-job.js'
import { checkOldData, layOldData } from './old-data.js'
import type { Root } from './root.js'

const settings = { HOST: '127.0.0.1', PORT: '0' }

export async function checkArchive(root: Root, archive: string): Promise<void> {
  await execa('sha256sum', ['--check', `${basename(archive)}.sha256`], { cwd: 'dist' })
  await copyFile(archive, root.path('root/moonlet.tar.xz'))
  const began = performance.now()
  await root.run('tar xJf /root/moonlet.tar.xz -C /opt')
  const unpacked = performance.now()
  const [folder, ...others] = await readdir(root.path('opt'))
  assert.deepEqual(others, [], 'one folder')
  const start = async (env: Record<string, string>, keyFile: string) =>
    await watchInstalled(
      root.start([`/opt/${folder}/bin/moonlet`, 'serve'], { ...settings, ...env }),
      root.path(keyFile)
    )

  const server = await start({ DATA_DIR: '/srv/moonlet' }, 'srv/moonlet/api_key.txt')
  assert.equal((await fetch(`${server.base}/healthz`)).status, 200)
  const answered = performance.now()
  console.log(
    `archive: unpacked in ${seconds(unpacked - began)} s, then answered in ${seconds(answered - unpacked)} s`
  )
  const id = await doMainJob(server)
  await server.stop()

  // From any folder, by a link.
  await symlink(`/opt/${folder}/bin/moonlet`, root.path('usr/local/bin/moonlet'))
  const version = await root.run('cd /tmp && moonlet --version')
  assert.equal(`moonlet-${version}`, folder)
  const backup = await root.run('moonlet --data-dir /srv/moonlet backup /root/copy.db')
  assert.match(backup, /^Backed up to \/root\/copy\.db/)
  const again = await start({ DATA_DIR: '/srv/moonlet' }, 'srv/moonlet/api_key.txt')
  await countOn(again, id, 11)
  await again.stop()

  await layOldData(root.path('srv/old'))
  const upgraded = await start({ DATA_DIR: '/srv/old' }, 'srv/old/api_key.txt')
  await checkOldData(upgraded)
  await upgraded.stop()

  await rm(root.path(`opt/${folder}`), { recursive: true })
  assert.ok((await readdir(root.path('srv/moonlet'))).includes('moonlet.db'), 'data stays')
}

const seconds = (ms: number): string => (ms / 1000).toFixed(1)
