/** A log that nobody reads, or that has no room, does not touch the server. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, openSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { API_KEY, temporaryFolder } from '../../helpers/build.js'
import { endsWithUs } from '../../helpers/ends-with-us.js'
import { eventually } from '../../helpers/eventually.js'
import { findFreePort } from '../../helpers/free-port.js'
import { startServer } from '../../helpers/server.js'
import { LogOutput } from '../../../core/process/log-output.js'

const main = fileURLToPath(new URL('../../../core/main.js', import.meta.url))
const run = promisify(execFile)
/** Of a KiB each: more than is kept for a reader who takes nothing. */
const LINES = 6_000

const answers = (base: string) =>
  fetch(`${base}/healthz`).then(
    ({ status }) => status,
    () => 0
  )

t.test('a server whose log nobody reads any more serves, and ends in order', async t => {
  const server = await startServer(t, { LOG_LEVEL: 'debug' })
  server.process.stdout?.destroy()
  for (let call = 0; call < 50; call++) await fetch(`${server.base}/api/functions`)
  t.equal(await answers(server.base), 200)
  t.equal(await server.stop(), 0)
})

t.test('a server whose log has no room serves, and ends in order', async t => {
  const full = openSync('/dev/full', 'w')
  const port = String(await findFreePort())
  const DATA_DIR = await temporaryFolder(t)
  const child = spawn(...endsWithUs('KILL', process.execPath, [main]), {
    env: { PATH: process.env.PATH, PORT: port, HOST: '127.0.0.1', API_KEY, DATA_DIR },
    stdio: ['ignore', full, 'inherit']
  })
  closeSync(full)
  t.teardown(() => child.kill('SIGKILL'))
  const base = `http://127.0.0.1:${port}`
  await eventually(t, () => answers(base), 200)
  child.kill('SIGTERM')
  t.same(await once(child, 'exit'), [0, null])
})

t.test(
  'lines that find no room are written once there is some; those beyond are counted',
  async t => {
    const pipe = join(await temporaryFolder(t), 'pipe')
    await run('mkfifo', [pipe])
    const fd = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK)
    let dropped = 0
    const output = new LogOutput({
      fd,
      minBytes: 4096,
      maxBytes: 65_536,
      onDropped: count => {
        dropped += count
      }
    })
    // Nobody reads yet: the pipe takes 64 KiB.
    const line = `${'x'.repeat(1023)}\n`
    for (let count = 0; count < LINES; count++) output.write(line)
    const reader = spawn('cat', [pipe])
    let text = ''
    reader.stdout.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
    })
    await eventually(t, () => dropped > 0, true)
    output.write('the last\n')
    await eventually(t, () => text.endsWith('the last\n'), true)
    closeSync(fd)
    await once(reader, 'exit')
    const lines = text.split('\n')
    t.same(lines.splice(-2), ['the last', ''])
    t.equal(lines.length + dropped, LINES)
    t.ok(lines.length >= 4096)
    t.ok(lines.every(given => given === line.trimEnd()))
  }
)
