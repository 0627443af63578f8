/**
 * `moonlet/testing`: a real server for the tests of plugins, started as people start it, with an empty database of its
 * own. Works with every test runner.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { watchServer } from './process/server-process.js'

/** What to start. */
export interface TestServerOptions {
  /** As in the setting PLUGINS: package names or paths, relative to `folder`. */
  readonly plugins: readonly string[]
  /** Other settings, such as the plugin's own. */
  readonly settings?: Readonly<Record<string, string>>
  /** The server's working folder; that of the tests unless given. */
  readonly folder?: string
}

/** What a function answered. */
export interface TestAnswer {
  readonly status: number
  readonly body: string
  /** The execution's id; its record is at `/api/executions/{id}`. */
  readonly executionId: string
}

/** A started server. End it with `close`. */
export interface TestServer {
  /** Address without a trailing slash. */
  readonly url: string
  /** What the server printed so far. */
  readonly output: () => string
  /** Saves the body of a handler, such as `return { body = markdown.render("# hi") }`; gives the function's id. */
  save(body: string): Promise<string>
  /** Calls a saved function. */
  call(
    functionId: string,
    request?: { method?: string; headers?: Record<string, string>; body?: string }
  ): Promise<TestAnswer>
  /** Saves and calls. */
  run(body: string): Promise<TestAnswer>
  /** Reads a page of the management API as JSON, such as `/api/executions/{id}/logs`. */
  api(path: string): Promise<unknown>
  close(): Promise<void>
}

const KEY = 'key-of-a-test-server'
const program = fileURLToPath(new URL('./main.js', import.meta.url))

/** Starts a server; rejects with what it printed when it does not start. */
export async function startMoonlet({
  plugins,
  settings = {},
  folder: cwd
}: TestServerOptions): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'moonlet-plugin-test-'))
  const child = spawn(process.execPath, [program], {
    env: {
      PATH: '/usr/bin:/bin',
      PORT: '0',
      HOST: '127.0.0.1',
      DATA_DIR: folder,
      API_KEY: KEY,
      LOG_LEVEL: 'warn',
      SANDBOX_MAX: '2',
      ...settings,
      PLUGINS: plugins.join(',')
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd
  })
  const { base, output, ended } = watchServer(child)
  const end = async () => {
    child.kill('SIGKILL')
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  const url = await base.catch(async (error: unknown) => {
    await end()
    throw error
  })

  const authorization = `Bearer ${KEY}`
  const server: TestServer = {
    url,
    output,
    async save(body) {
      const reply = await fetch(`${url}/api/functions`, {
        method: 'POST',
        headers: { authorization },
        body: JSON.stringify({ name: 'test', code: `function handler(ctx, event)\n${body}\nend` })
      })
      return ((await reply.json()) as { id: string }).id
    },
    async call(functionId, request = {}) {
      const reply = await fetch(`${url}/fn/${functionId}`, request)
      return {
        status: reply.status,
        body: await reply.text(),
        executionId: reply.headers.get('x-execution-id') ?? ''
      }
    },
    run: async body => await server.call(await server.save(body)),
    api: async path => await (await fetch(url + path, { headers: { authorization } })).json(),
    close: end
  }
  return server
}
