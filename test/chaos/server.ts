/** The built server as a process that faults happen to, and what it holds of the system. */
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { watchServer } from '../../core/process/server-process.js'
import { endsWithUs } from '../helpers/ends-with-us.js'
import { treeOf } from '../helpers/processes.js'
import { startEnvironment } from '../helpers/start-environment.js'

export const API_KEY = 'chaos-key'
const main = fileURLToPath(new URL('../../core/main.js', import.meta.url))
const START_MS = 300_000

export interface ChaosServer {
  readonly base: string
  readonly pid: number
  readonly output: () => string
  /** Process ids of its sandboxes, and of the spawner that starts them. */
  readonly sandboxes: () => number[]
  /** Open descriptors of the server itself. */
  readonly descriptors: () => number
  /** Sends the signal and waits for the end; gives exit code or signal. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | NodeJS.Signals>
}

export interface StartOptions {
  readonly folder: string
  readonly settings?: Readonly<Record<string, string>>
  /** What stands in front of the command, such as `unshare`. */
  readonly prefix?: readonly string[]
}

/** Starts it and resolves when it listens. Rejects with its output when it ends instead. */
export async function startServer({
  folder,
  settings = {},
  prefix = []
}: StartOptions): Promise<ChaosServer> {
  const env = {
    ...startEnvironment,
    PATH: process.env.PATH ?? '',
    PORT: '0',
    HOST: '127.0.0.1',
    API_KEY,
    TZ: 'UTC',
    LOG_LEVEL: 'warn',
    SANDBOX_MAX: '4',
    EXECUTION_TIMEOUT: '60',
    DATA_DIR: folder,
    ...settings
  }
  const [command = process.execPath, ...args] = [...prefix, process.execPath, main]
  const child = spawn(...endsWithUs('KILL', command, args), {
    env,
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const { base, output, ended } = watchServer(child)
  const late = pause(START_MS, undefined, { ref: false }).then(() => {
    throw new Error(`The server does not listen after ${START_MS} ms: ${output()}`)
  })
  const address = await Promise.race([base, late])
  const pid = child.pid ?? 0
  return {
    base: address,
    pid,
    output,
    sandboxes: () => treeOf(pid).slice(1),
    descriptors: () => readdirSync(`/proc/${pid}/fd`).length,
    async end(signal) {
      child.kill(signal)
      return await ended
    }
  }
}

/** Waits until `condition` holds. Rejects, saying `what`, when it does not within `ms`. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  ms = 120_000
): Promise<void> {
  for (const end = Date.now() + ms; !(await condition());) {
    if (Date.now() > end) throw new Error(`${what}: not within ${ms} ms`)
    await pause(50)
  }
}
