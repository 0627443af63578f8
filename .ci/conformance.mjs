// Starts the built server with the settings the conformance cases want and runs them against it.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const [runner, ...options] = process.argv.slice(2)
const folder = await mkdtemp(join(tmpdir(), 'moonlet-conformance-'))
const key = 'conformance-key'
const server = spawn(process.execPath, ['dist/core/main.js'], {
  env: {
    PATH: process.env.PATH,
    TZ: 'UTC',
    PORT: '0',
    HOST: '127.0.0.1',
    DATA_DIR: folder,
    API_KEY: key,
    HTTP_ALLOW_PRIVATE: 'true',
    EXECUTION_TIMEOUT: '5',
    LOG_LEVEL: 'warn',
    // On PostgreSQL, if the caller says where.
    ...(process.env.DATABASE_URL && {
      DATABASE_URL: process.env.DATABASE_URL,
      SECRET_KEY: randomBytes(32).toString('hex')
    })
  },
  stdio: ['ignore', 'pipe', 'inherit']
})
const base = await new Promise((resolve, reject) => {
  let text = ''
  server.stdout.on('data', chunk => {
    text += chunk
    const address = /listens on (http:\S+)/.exec(text)?.[1]
    if (address) resolve(address)
  })
  server.once('exit', code => {
    reject(new Error(`the server ended with ${code}: ${text}`))
  })
})
const cases = spawn(
  process.execPath,
  [runner, '--base', base, '--key', key, '--exec-timeout', '5', ...options],
  { stdio: 'inherit' }
)
const code = await new Promise(resolve => {
  cases.once('exit', resolve)
})
server.removeAllListeners('exit')
const ended = new Promise(resolve => {
  server.once('exit', resolve)
})
server.kill('SIGTERM')
await ended
await rm(folder, { recursive: true, force: true })
process.exit(code ?? 1)
