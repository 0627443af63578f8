/** The built server as a process of its own, as `npm start` runs it; it ends with its test. */
import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { watchServer } from '../../core/process/server-process.js'
import { API_KEY, temporaryFolder } from './build.js'
import { endsWithUs } from './ends-with-us.js'

export interface StartedServer {
  readonly base: string
  readonly key: string
  readonly process: ChildProcess
  readonly output: () => string
  /** Sends the signal and waits for the end; gives exit code or signal. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | NodeJS.Signals>
}

/** The same for all servers on one database. */
export const SECRET_KEY = 'ab'.repeat(32)

const main = fileURLToPath(new URL('../../core/main.js', import.meta.url))

/**
 * Starts the server with a clean environment and the given settings, by a command in front of it if `prefix` is one;
 * resolves when it listens.
 */
export async function startServer(
  t: Test,
  settings: Record<string, string> = {},
  prefix: readonly string[] = []
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
  const [program = process.execPath, ...args] = [...prefix, process.execPath, main]
  const child = spawn(...endsWithUs('KILL', program, args), {
    env,
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const { base, output, ended } = watchServer(child)
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal)
    return await ended
  }
  t.teardown(() => stop('SIGKILL'))
  return { base: await base, key: env.API_KEY, process: child, output, stop }
}

/**
 * What its API says to the owner, read from JSON; null when it says nothing. Rejects with the answer when that is an
 * error. With a body the method is POST unless given.
 */
export async function ask<T>(
  { base, key }: Pick<StartedServer, 'base' | 'key'>,
  path: string,
  body?: object,
  method = body === undefined ? 'GET' : 'POST'
): Promise<T> {
  const response = await fetch(`${base}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' })
    }
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${response.status} ${text}`)
  return JSON.parse(text === '' ? 'null' : text) as T
}

/** Makes a function; gives its id. */
export const addFunction = async (server: StartedServer, code: string): Promise<string> =>
  (await ask<{ id: string }>(server, '/api/functions', { name: 'f', code })).id

/** Calls a function as a job; gives the job's id. */
export async function addJob(
  { base }: StartedServer,
  functionId: string,
  headers: Record<string, string> = {}
): Promise<string> {
  const response = await fetch(`${base}/fn/${functionId}`, {
    method: 'POST',
    headers: { prefer: 'respond-async', ...headers }
  })
  return ((await response.json()) as { job_id: string }).job_id
}
