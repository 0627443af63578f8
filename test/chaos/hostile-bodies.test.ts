/**
 * While bodies of every hostile kind come in without a key, `/healthz` goes on answering and memory stays bounded.
 *
 * How late an answer is depends on what else the machine does, so the server's event loop is watched instead: how
 * much processor time it has spent at most before it looked at other things.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { temporaryFolder } from '../helpers/build.js'
import { eventually } from '../helpers/eventually.js'
import { startServer } from '../helpers/server.js'

const MIB = 1024 ** 2
const SIZE = 10 * MIB
/** README names it. */
const MEMORY_BUDGET = 512 * MIB
/** No answer may be later for what a caller sent. */
const LATE_MS = 250
const CALLERS = 3

const bodies: Readonly<Record<string, () => Buffer>> = {
  zeros: () => Buffer.alloc(SIZE),
  'no UTF-8': () => Buffer.alloc(SIZE, 0xff),
  'keys of emoji': () => Buffer.from(`{${Array.from({ length: 500_000 }, (_, i) => `"\u{1f600}${i}":1`).join()}}`),
  'long numbers in deep lists': () => Buffer.from(`${'['.repeat(5000)}${'12345678901234567890,'.repeat(400_000)}1${']'.repeat(5000)}`),
  'deep objects': () => Buffer.from('{"a":'.repeat(SIZE / 6)),
  'many small objects': () => Buffer.from(`[${'{"token":1},'.repeat(SIZE / 12 - 10)}{}]`),
  'one text of escapes': () => Buffer.from(`"${'\\u0000'.repeat(SIZE / 6 - 10)}"`),
  'how a token begins': () => Buffer.alloc(SIZE, 'eyJ.eyJ'),
  'how a key begins': () => Buffer.alloc(SIZE, 'password=token:'),
  'a form': () => Buffer.alloc(SIZE, 'a%00=%7b&')
}

const codes = {
  echo: 'function handler(ctx, event) return { body = event.body } end',
  logs: 'function handler(ctx, event) log.info(event.body) log.info(event.body:sub(1, 900000)) return {} end',
  errors: 'function handler(ctx, event) error(event.body) end',
  keeps: 'function handler(ctx, event) kv.set(event.body:sub(1, 60000), event.body:sub(1, 8000000)) return {} end',
  decodes: 'function handler(ctx, event) local ok, value = pcall(json.decode, event.body) return { body = ok and json.encode(value) or "" } end'
}

const watcher = fileURLToPath(new URL('../../../test/fixtures/watch-turns.mjs', import.meta.url))

async function memoryOf (pid: number | undefined, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid ?? 'self'}/status`, 'utf8')
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) * 1024
}

t.setTimeout(600_000)

t.test('no hostile body holds up other answers, or takes more memory than the README names', async t => {
  const folder = await temporaryFolder(t)
  const WATCH_TURNS = join(folder, 'longest-turn')
  const server = await startServer(t, {
    KV_LIMIT_PER_FUNCTION: '16MiB',
    HISTORY_LIMIT: '64MiB',
    SANDBOX_MAX: '4',
    LOG_LEVEL: 'warn',
    MALLOC_MMAP_THRESHOLD_: '131072',
    NODE_OPTIONS: `--import=${watcher}`,
    WATCH_TURNS
  })
  const headers = { authorization: `Bearer ${server.key}` }
  const ids = await Promise.all(Object.entries(codes).map(async ([name, code]) => {
    const made = await fetch(`${server.base}/api/functions`, { method: 'POST', headers, body: JSON.stringify({ name, code }) })
    return (await made.json() as { id: string }).id
  }))
  const health = async () => (await fetch(`${server.base}/healthz`)).status

  async function attack (body: Buffer): Promise<void> {
    const targets = [...ids, 'no-such-function']
    await Promise.all(Array.from({ length: CALLERS }, async () => {
      for (let target = targets.pop(); target !== undefined; target = targets.pop()) {
        const answer = await fetch(`${server.base}/fn/${target}`, { method: 'POST', body: new Uint8Array(body) }).catch(() => undefined)
        await answer?.body?.cancel()
      }
    }))
  }

  await attack(Buffer.alloc(SIZE, 'x'))
  const before = await memoryOf(server.process.pid, 'VmRSS')
  server.process.kill('SIGUSR2')
  for (const [name, make] of Object.entries(bodies)) {
    await attack(make())
    t.equal(await health(), 200, name)
    // Lists of what they left are read with the key.
    for (const id of ids) t.equal((await fetch(`${server.base}/api/functions/${id}/executions?limit=100`, { headers })).status, 200)
  }

  const longest = Number(await readFile(WATCH_TURNS, 'utf8'))
  t.ok(longest > 0 && longest < LATE_MS, `the event loop was busy for ${longest} ms at most`)
  const most = await memoryOf(server.process.pid, 'VmHWM')
  t.ok(most <= MEMORY_BUDGET, `${Math.round(most / MIB)} MiB at most, ${Math.round(before / MIB)} MiB before`)
  const isBack = async () => await health() === 200 && await memoryOf(server.process.pid, 'VmRSS') <= before * 1.1
  await eventually(t, isBack, true, 'memory is given back')
})
