/**
 * How long a new user waits: `npm ci && npm start` in a fresh copy of this checkout, until a function answers.
 * `node dist/test/bench/install.js [NODE]…`; each NODE is the Node.js that the machine is to have, this one unless
 * given. npm is that on PATH (or what NPM names), with an empty cache for each, so this depends on the registry that
 * it uses.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { watchServer } from '../../core/process/server-process.js'
import { createFunction, KEY, timeCall } from './api.js'

const CODE = 'function handler() return { body = "hello" } end'

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

async function measure(node: string): Promise<Record<string, number | string>> {
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
      npm_config_registry: process.env.npm_config_registry,
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
    const base = await watchServer(child).base
    const id = await createFunction(base, 'hello', CODE)
    await timeCall(`${base}/fn/${id}`)
    const answered = performance.now()
    process.kill(-(child.pid as number), 'SIGKILL')
    const seconds = (ms: number) => Math.round(ms / 100) / 10
    return {
      'Node.js of the machine': execFileSync(node, ['--version'], { encoding: 'utf8' }).trim(),
      'npm ci, s': seconds(installed - began),
      'npm start to first answer, s': seconds(answered - installed),
      'in all, s': seconds(answered - began)
    }
  } finally {
    rmSync(top, { recursive: true, force: true })
  }
}

const nodes = process.argv.slice(2)
const rows = []
for (const node of nodes.length > 0 ? nodes : [process.execPath]) rows.push(await measure(node))
console.table(rows)
