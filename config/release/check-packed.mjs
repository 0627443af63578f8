/** What a release wants of what is handed out. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { findDeadLinks } from '../package/docs.mjs'
import { run } from '../package/run.mjs'

const START_TIMEOUT_MS = 60_000

/** Every document that npm packs points to files that it packs too. */
export async function checkNpmPackage() {
  const list = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'])
  const files = JSON.parse(list)[0].files.map(({ path }) => path)
  const documents = files.filter(file => file.endsWith('.md'))
  const dead = (await Promise.all(documents.map(file => findDeadLinks(file, files)))).flat()
  if (dead.length > 0) throw new Error(`Add to "files" in package.json:\n${dead.join('\n')}`)
}

/** Unpacks the archive for this machine, starts it in an empty folder and asks whether it could run a function. */
export async function checkArchive(version) {
  const folder = await mkdtemp(join(tmpdir(), 'moonlet-release-'))
  let server
  try {
    const name = `moonlet-${version}`
    await run('sha256sum', ['--check', `${name}-linux-${process.arch}.tar.xz.sha256`], {
      cwd: 'dist'
    })
    await run('tar', ['xJf', `dist/${name}-linux-${process.arch}.tar.xz`, '-C', folder])
    server = spawn(join(folder, name, 'bin/moonlet'), ['serve'], {
      cwd: folder,
      env: { PATH: '/usr/bin:/bin', HOME: folder, PORT: '0', HOST: '127.0.0.1' },
      stdio: ['ignore', 'pipe', 'pipe']
    })
    const base = await addressOf(server)
    const { status } = await fetch(`${base}/readyz`)
    if (status !== 200) throw new Error(`/readyz answered ${status}`)
    server.kill('SIGTERM')
    const code = await Promise.race([
      ended(server),
      pause(START_TIMEOUT_MS, 'late', { ref: false })
    ])
    if (code !== 0) throw new Error(`It ended with ${code} after SIGTERM`)
  } finally {
    server?.kill('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  }
}

const ended = child =>
  new Promise(resolve => child.once('exit', (code, signal) => resolve(signal ?? code)))

function addressOf(child) {
  let output = ''
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`It did not start: ${output}`)),
      START_TIMEOUT_MS
    )
    const read = chunk => {
      output += chunk
      const address = /listens on (http:\S+)/.exec(output)?.[1]
      if (address === undefined) return
      clearTimeout(late)
      resolve(address)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('exit', code => {
      clearTimeout(late)
      reject(new Error(`It ended with ${code}: ${output}`))
    })
  })
}
