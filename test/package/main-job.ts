/** What the README has a newcomer do, done to a server that was installed one way or another. */
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { watchServer } from '../../core/process/server-process.js'

export interface Installed {
  readonly base: string
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look at what is there
  readonly ask: (method: string, path: string, body?: unknown) => Promise<any>
  readonly output: () => string
  /** Asks it to end, and sees that it does so in order. */
  readonly stop: () => Promise<void>
}

/** Waits until it listens. `keyFile` holds the key of its API. */
export async function watchInstalled(child: ChildProcess, keyFile: string): Promise<Installed> {
  const { base: address, output, ended } = watchServer(child)
  // When a check fails, nothing stays behind.
  process.once('exit', () => child.kill('SIGKILL'))
  const base = await address
  const key = (await readFile(keyFile, 'utf8')).trim()
  return {
    base,
    output,
    ask: async (method, path, body) => {
      const response = await fetch(`${base}${path}`, {
        method,
        headers: { Authorization: `Bearer ${key}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) })
      })
      const text = await response.text()
      assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`)
      return JSON.parse(text)
    },
    stop: async () => {
      child.kill('SIGTERM')
      const end = await Promise.race([ended, pause(60_000, 'still running', { ref: false })])
      assert.equal(end, 0, output())
    }
  }
}

/** The counter of the README. */
export async function readCounter(): Promise<string> {
  const [, code] = /<<'LUA'\n([^]*?)^LUA$/m.exec(await readFile('README.md', 'utf8')) ?? []
  assert.ok(code !== undefined, 'the README shows a counter')
  return code
}

/** Makes the counter and calls it ten times; gives its id. */
export async function doMainJob({ base, ask }: Installed): Promise<string> {
  const { id } = await ask('POST', '/api/functions', {
    name: 'counter',
    code: await readCounter()
  })
  let last = ''
  for (let i = 0; i < 10; i++) last = await (await fetch(`${base}/fn/${id}`)).text()
  assert.equal(last, '{"count":10}')
  const { executions } = await ask('GET', `/api/functions/${id}/executions`)
  assert.equal(executions.length, 10)
  const { logs } = await ask('GET', `/api/executions/${executions[0].id}/logs`)
  assert.match(JSON.stringify(logs), /count is 10/)
  return id
}

/** The counter goes on where it was. */
export async function countOn({ base }: Installed, id: string, expected: number): Promise<void> {
  assert.equal(await (await fetch(`${base}/fn/${id}`)).text(), `{"count":${expected}}`)
}
