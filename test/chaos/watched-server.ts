/**
 * A server whose event loop and memory are watched from its start. How late an answer is depends on what else the
 * machine does, so what is measured is how much processor time the loop has spent at most before it looked at others.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { temporaryFolder } from '../helpers/build.js'
import { eventually } from '../helpers/eventually.js'
import { startServer, type StartedServer } from '../helpers/server.js'

export const MIB = 1024 ** 2
/** README names it. */
const MEMORY_BUDGET = 512 * MIB
/** What V8 and the allocator keep at rest differs from run to run: of four runs three kept 2 to 8 MiB more, one 31. */
const NOISE = 32 * MIB
/** No answer may be later for what a caller sent. */
const LATE_MS = 250

const watcher = fileURLToPath(new URL('../../../test/fixtures/watch-turns.mjs', import.meta.url))

export interface WatchedServer extends StartedServer {
  readonly headers: { readonly authorization: string }
  /** Saves a function; gives its id. */
  readonly save: (name: string, code: string) => Promise<string>
  /** Status of `/healthz`. */
  readonly health: () => Promise<number>
  /** From here on the loop is watched, and memory is compared with what it is now. */
  readonly begin: () => Promise<void>
  /** Asserts that nobody had to wait, and that memory stayed within its budget and came back. */
  readonly check: () => Promise<void>
}

export async function startWatchedServer(
  t: Test,
  settings: Record<string, string>
): Promise<WatchedServer> {
  const WATCH_TURNS = join(await temporaryFolder(t), 'longest-turn')
  const server = await startServer(t, {
    LOG_LEVEL: 'warn',
    MALLOC_MMAP_THRESHOLD_: '131072',
    NODE_OPTIONS: `--import=${watcher}`,
    WATCH_TURNS,
    ...settings
  })
  const { pid } = server.process
  const headers = { authorization: `Bearer ${server.key}` }
  const health = async () => (await fetch(`${server.base}/healthz`)).status
  let before = 0
  /** After a collection, since V8 collects only when it needs room. */
  async function memoryAtRest(): Promise<number> {
    server.process.kill('SIGWINCH')
    await health()
    return await memoryOf(pid, 'VmRSS')
  }
  return {
    ...server,
    headers,
    health,
    async save(name, code) {
      const body = JSON.stringify({ name, code })
      const made = await fetch(`${server.base}/api/functions`, { method: 'POST', headers, body })
      return ((await made.json()) as { id: string }).id
    },
    async begin() {
      before = await memoryAtRest()
      server.process.kill('SIGUSR2')
    },
    async check() {
      const longest = Number(await readFile(WATCH_TURNS, 'utf8'))
      t.ok(longest > 0 && longest < LATE_MS, `the event loop was busy for ${longest} ms at most`)
      const most = await memoryOf(pid, 'VmHWM')
      t.ok(
        most <= MEMORY_BUDGET,
        `${Math.round(most / MIB)} MiB at most, ${Math.round(before / MIB)} MiB before`
      )
      const isBack = async () =>
        (await health()) === 200 && (await memoryAtRest()) <= before * 1.1 + NOISE
      await eventually(t, isBack, true, `memory is given back, from ${Math.round(most / MIB)} MiB`)
      t.comment(`${Math.round((await memoryAtRest()) / MIB)} MiB at the end`)
    }
  }
}

async function memoryOf(pid: number | undefined, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid ?? 'self'}/status`, 'utf8')
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) * 1024
}
