/**
 * How long a new user waits, from nothing to the README's counter at {"count":10}: by the archive in dist/ (after `npm
 * run package`), and by `npm ci && npm start` in a fresh copy of this checkout.
 * `node dist/test/bench/install.js [NODE]…`; each NODE is the Node.js that the machine is to have for npm, this one
 * unless given. npm is that on PATH (or what NPM names), with an empty cache for each, so that part depends on the
 * registry that it uses.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { KEY } from './api.js'
import { doMainJob, watchInstalled } from '../package/main-job.js'

const seconds = (ms: number) => Math.round(ms / 100) / 10

/** Unpacks the archive and starts it as the README says. */
async function measureArchive(): Promise<Record<string, number | string>> {
  const archive = readdirSync('dist').find(file => /^moonlet-.*-linux-x64\.tar\.xz$/.test(file))
  if (archive === undefined) return { way: 'archive: none in dist/, run `npm run package`' }
  const top = mkdtempSync(join(tmpdir(), 'moonlet-archive-'))
  try {
    const began = performance.now()
    execFileSync('tar', ['xJf', resolve('dist', archive)], { cwd: top })
    const unpacked = performance.now()
    const [folder = ''] = readdirSync(top)
    const child = spawn(join(top, folder, 'bin/moonlet'), ['serve'], {
      cwd: top,
      env: { PATH: '/usr/bin:/bin', HOME: top, PORT: '0', HOST: '127.0.0.1' },
      stdio: ['ignore', 'pipe', 'pipe']
    })
    const server = await watchInstalled(child, join(top, 'data/api_key.txt'))
    await fetch(`${server.base}/healthz`)
    const answered = performance.now()
    await doMainJob(server)
    const counted = performance.now()
    await server.stop()
    return {
      way: 'archive',
      'unpacked or npm ci, s': seconds(unpacked - began),
      'start to first answer, s': seconds(answered - unpacked),
      'in all to {"count":10}, s': seconds(counted - began)
    }
  } finally {
    rmSync(top, { recursive: true, force: true })
  }
}

/** Folders of the PATH of a machine that has this Node.js, npm and no compiler. */
function machineWith(node: string, folder: string): string {
  const npm =
    process.env.NPM ??
    realpathSync(execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim())
  mkdirSync(folder)
  symlinkSync(realpathSync(node), join(folder, 'node'))
  writeFileSync(join(folder, 'npm'), `#!/bin/sh\nexec "${folder}/node" "${npm}" "$@"\n`)
  chmodSync(join(folder, 'npm'), 0o755)
  const tools = [
    'sh',
    'env',
    'readlink',
    'dirname',
    'setpriv',
    'prlimit',
    'unshare',
    'test',
    'true'
  ]
  for (const name of tools) symlinkSync(`/usr/bin/${name}`, join(folder, name))
  return folder
}

/** Which registry npm asks, and whose certificate it believes. */
const npmSettings = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) =>
      /^(npm_config_(registry|cafile)|NODE_EXTRA_CA_CERTS)$/i.test(name)
    )
  )

/** As a developer does, in a copy of this checkout. */
async function measureCheckout(node: string): Promise<Record<string, number | string>> {
  const top = mkdtempSync(join(tmpdir(), 'moonlet-install-'))
  try {
    const checkout = join(top, 'checkout')
    for (const file of execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' })
      .split('\0')
      .filter(Boolean)) {
      mkdirSync(dirname(join(checkout, file)), { recursive: true })
      cpSync(file, join(checkout, file))
    }
    const PATH = machineWith(node, join(top, 'bin'))
    const env = {
      PATH,
      HOME: top,
      npm_config_cache: join(top, 'cache'),
      ...npmSettings(),
      PORT: '0',
      HOST: '127.0.0.1',
      API_KEY: KEY,
      DATA_DIR: join(top, 'data')
    }
    const began = performance.now()
    const install = spawnSync(join(PATH, 'npm'), ['ci', '--no-audit', '--no-fund'], {
      cwd: checkout,
      env,
      encoding: 'utf8'
    })
    if (install.status !== 0) throw new Error(install.stderr)
    const installed = performance.now()
    const child = spawn(join(PATH, 'npm'), ['start'], {
      cwd: checkout,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true
    })
    const keyFile = join(top, 'key.txt')
    writeFileSync(keyFile, KEY)
    const server = await watchInstalled(child, keyFile)
    await fetch(`${server.base}/healthz`)
    const answered = performance.now()
    await doMainJob(server)
    const counted = performance.now()
    process.kill(-(child.pid as number), 'SIGKILL')
    const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
    return {
      way: `npm ci && npm start, with Node.js ${version}`,
      'unpacked or npm ci, s': seconds(installed - began),
      'start to first answer, s': seconds(answered - installed),
      'in all to {"count":10}, s': seconds(counted - began)
    }
  } finally {
    rmSync(top, { recursive: true, force: true })
  }
}

const nodes = process.argv.slice(2)
console.table([await measureArchive()])
for (const node of nodes.length > 0 ? nodes : [process.execPath]) {
  console.table([await measureCheckout(node)])
}
