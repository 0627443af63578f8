/** The built server as a process of its own, as `npm start` runs it; it ends with its test. */
import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { watchServer } from '../../core/process/server-process.js'
import { API_KEY, temporaryFolder } from './build.js'

export interface StartedServer {
  readonly base: string
  readonly key: string
  readonly process: ChildProcess
  readonly output: () => string
  /** Sends the signal and waits for the end; gives exit code or signal. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | NodeJS.Signals>
}

const main = fileURLToPath(new URL('../../core/main.js', import.meta.url))

/** Starts the server with a clean environment and the given settings; resolves when it listens. */
export async function startServer(
  t: Test,
  settings: Record<string, string> = {}
): Promise<StartedServer> {
  const DATA_DIR = settings.DATA_DIR ?? (await temporaryFolder(t))
  const env = {
    PATH: process.env.PATH ?? '',
    PORT: '0',
    HOST: '127.0.0.1',
    API_KEY,
    TZ: 'UTC',
    DATA_DIR,
    ...settings
  }
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const { base, output, ended } = watchServer(child)
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal)
    return await ended
  }
  t.teardown(() => stop('SIGKILL'))
  return { base: await base, key: env.API_KEY, process: child, output, stop }
}
