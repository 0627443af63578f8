/** The `moonlet` program as a process of its own, as people run it, with a server. */
import { spawn } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { API_KEY, build, temporaryFolder } from '../../../helpers/build.js'

export const program = fileURLToPath(new URL('../../../../core/cli.js', import.meta.url))

export interface Ended {
  readonly code: number | NodeJS.Signals | null
  readonly out: string
  readonly err: string
  /** What `--json` printed. */
  readonly json: any // eslint-disable-line @typescript-eslint/no-explicit-any -- tests look at what is there
}

export interface Running {
  readonly out: () => string
  readonly err: () => string
  readonly input: (text: string) => void
  readonly kill: (signal: NodeJS.Signals) => void
  readonly ended: Promise<Ended>
}

/** A folder of one developer, with what they are logged in to. */
export interface Developer {
  readonly folder: string
  readonly env: Record<string, string>
  readonly moonlet: (...args: string[]) => Promise<Ended>
  readonly start: (...args: string[]) => Running
  readonly read: (file: string) => Promise<string>
  readonly write: (file: string, text: string | Uint8Array) => Promise<void>
}

export async function createDeveloper(
  t: Test,
  env: Record<string, string> = {}
): Promise<Developer> {
  const top = await temporaryFolder(t)
  const folder = join(top, 'project')
  await mkdir(folder)
  const own = {
    PATH: process.env.PATH ?? '',
    HOME: top,
    XDG_CONFIG_HOME: join(top, 'config'),
    ...env
  }
  const start = (...args: string[]): Running => run(t, folder, own, args)
  return {
    folder,
    env: own,
    start,
    moonlet: (...args) => start(...args).ended,
    read: file => readFile(join(folder, file), 'utf8'),
    async write(file, text) {
      await mkdir(join(folder, file, '..'), { recursive: true })
      await writeFile(join(folder, file), text)
    }
  }
}

function run(t: Test, cwd: string, env: Record<string, string>, args: string[]): Running {
  const child = spawn(process.execPath, [program, ...args], { cwd, env, stdio: 'pipe' })
  t.teardown(() => child.kill('SIGKILL'))
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  child.stdin.on('error', () => {})
  if (!args.includes('login') || args.includes('--token')) child.stdin.end()
  const ended = new Promise<Ended>(resolve => {
    child.once('close', (code, signal) => {
      resolve({ code: code ?? signal, out, err, json: parse(out) })
    })
  })
  return {
    out: () => out,
    err: () => err,
    input: text => child.stdin.end(text),
    kill: signal => child.kill(signal),
    ended
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What a server is asked by. */
export interface Reached {
  readonly base: string
  readonly key: string
}

/** A server, in this process, and somebody who is logged in to it. */
export async function createPair(
  t: Test,
  settings: Record<string, string> = {}
): Promise<{ server: Reached; ana: Developer; login: (who: Developer) => Promise<void> }> {
  const app = await build(t, settings)
  const server = { base: await app.listen({ port: 0, host: '127.0.0.1' }), key: API_KEY }
  const login = async (who: Developer) => {
    const { code, err } = await who.moonlet('login', server.base, '--token', server.key)
    if (code !== 0) throw new Error(`login: ${err}`)
  }
  const ana = await createDeveloper(t)
  await login(ana)
  return { server, ana, login }
}

/** A call of the management API beside the program. */
export async function callApi(
  { base, key }: Reached,
  method: string,
  path: string,
  body?: object
): Promise<any> /* eslint-disable-line @typescript-eslint/no-explicit-any -- as above */ {
  const response = await fetch(base + path, {
    method,
    headers: { authorization: `Bearer ${key}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return text === '' ? undefined : JSON.parse(text)
}

export const CODE = "function handler()\n  return { statusCode = 200, body = 'ok' }\nend\n"
