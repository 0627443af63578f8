/** Several servers on one port: who serves, who takes the place of one that is gone, and how all of them end. */
import { spawn } from 'node:child_process'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { Agent, get } from 'node:http'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import t, { type Test } from 'tap'
import { API_KEY, temporaryFolder } from '../../../helpers/build.js'
import { eventually } from '../../../helpers/eventually.js'
import { findFreePort } from '../../../helpers/free-port.js'
import { onPostgres, type Postgres } from '../../../helpers/postgres.js'
import { childrenOf, commandOf, isAlive, treeOf } from '../../../helpers/processes.js'
import {
  addFunction,
  SECRET_KEY,
  startServer,
  type StartedServer
} from '../../../helpers/server.js'

const program = fileURLToPath(new URL('../../../../core/cli.js', import.meta.url))
const headers = { authorization: `Bearer ${API_KEY}` }

interface Worker {
  readonly number: number
  readonly pid: number
}

function workersOf({ process }: Pick<StartedServer, 'process'>): Worker[] {
  return childrenOf(process.pid ?? 0).flatMap(pid => {
    const args = commandOf(pid)
    const at = args.findIndex(arg => arg.endsWith('/core/process/workers/main.js'))
    return at === -1 ? [] : [{ number: Number(args[at + 1]), pid }]
  })
}

const hello = 'function handler() return { body = "hello" } end'

/** One call on a connection of the agent; what went wrong instead of an answer. */
function call(url: string, agent: Agent): Promise<string> {
  return new Promise(resolve => {
    const request = get(url, { agent }, response => {
      let body = ''
      response.setEncoding('utf8').on('data', text => (body += text))
      response.on('end', () => {
        resolve(`${response.statusCode} ${body}`)
      })
      response.on('error', error => {
        resolve(error.message)
      })
    })
    request.on('error', error => {
      resolve(error.message)
    })
  })
}

/**
 * Calls again and again, on four connections that are kept and on a new one each time, until it is ended; with pauses
 * that leave processor time to the workers that start meanwhile.
 */
function load(url: string) {
  const kept = new Agent({ keepAlive: true, maxSockets: 4 })
  const fresh = new Agent()
  const answers: string[] = []
  const over = new AbortController()
  const callers = [kept, kept, kept, kept, fresh, fresh].map(async agent => {
    while (!over.signal.aborted) {
      answers.push(await call(url, agent))
      await pause(10)
    }
  })
  const isGood = (answer: string): boolean => answer === '200 hello'
  return {
    /** Waits for so many good answers more. */
    async more(count: number): Promise<void> {
      const wanted = answers.filter(isGood).length + count
      while (answers.filter(isGood).length < wanted) await pause(20)
    },
    /** Gives what else than good answers there was. */
    async end(): Promise<string[]> {
      over.abort()
      await Promise.all(callers)
      kept.destroy()
      return answers.filter(answer => !isGood(answer))
    }
  }
}

const metricsOf = async (base: string) => await (await fetch(`${base}/metrics`, { headers })).text()

/** Processes that run something, of all workers. */
async function countBusy(base: string): Promise<number> {
  const counts = (await metricsOf(base)).matchAll(
    /^moonlet_sandboxes\{state="busy",worker="\d"\} (\d+)/gm
  )
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0)
}

async function countNodes(url: string): Promise<number> {
  const client = new pg.Client(url)
  await client.connect()
  const { rows } = await client.query('select count(*)::int4 as count from nodes')
  await client.end()
  return rows[0].count
}

function testWorkers(postgres: Postgres): void {
  t.test('two workers', async t => {
    const DATABASE_URL = await postgres.create()
    const settings = { DATABASE_URL, SECRET_KEY, WORKERS: '2' }
    const server = await startServer(t, settings)
    const { base } = server
    const url = `${base}/fn/${await addFunction(server, hello)}`

    await t.test('serve one port, each as a node of the database', async t => {
      t.same(
        workersOf(server)
          .map(({ number }) => number)
          .toSorted(),
        [1, 2]
      )
      t.equal(await countNodes(DATABASE_URL), 2)
      const fresh = new Agent()
      const answers = await Promise.all(Array.from({ length: 20 }, () => call(url, fresh)))
      t.same(new Set(answers), new Set(['200 hello']))
      const metrics = await metricsOf(base)
      for (const worker of [1, 2]) {
        const calls = new RegExp(
          `^moonlet_executions_total\\{trigger="http",result="success",worker="${worker}"\\} [1-9]`,
          'm'
        )
        t.match(
          metrics,
          calls,
          `worker ${worker} has served, and is in the metrics of whichever is asked`
        )
      }
      t.equal(metrics.match(/^# TYPE moonlet_executions_total /gm)?.length, 1)
    })

    await t.test('make way for new ones on SIGHUP, and no call is lost', async t => {
      const before = workersOf(server)
      const calls = load(url)
      await calls.more(50)
      server.process.kill('SIGHUP')
      await eventually(t, () => /"msg":"reloaded"/.test(server.output()), true)
      await calls.more(50)
      t.same(await calls.end(), [])
      const after = workersOf(server)
      t.same(after.map(({ number }) => number).toSorted(), [1, 2])
      t.notOk(
        after.some(({ pid }) => before.some(old => old.pid === pid)),
        'both are new'
      )
      t.equal(await countNodes(DATABASE_URL), 2, 'the old ones have left the database')
    })

    await t.test(
      'are replaced when they are killed, and other calls than theirs go on',
      async t => {
        const [victim] = workersOf(server)
        const calls = load(url)
        await calls.more(50)
        process.kill(victim?.pid ?? 0, 'SIGKILL')
        await eventually(
          t,
          () => workersOf(server).filter(({ pid }) => pid !== victim?.pid).length,
          2
        )
        await eventually(
          t,
          () => /worker ended with SIGKILL[^]*"worker listens"/.test(server.output()),
          true
        )
        await calls.more(50)
        const lost = await calls.end()
        t.ok(lost.length <= 6, `lost: ${lost.join(', ')}`)
      }
    )

    await t.test('end on SIGTERM when what they run has ended', async t => {
      const id = await addFunction(
        server,
        'function handler() time.sleep(5000) return { body = "done" } end'
      )
      const trees = workersOf(server).flatMap(({ pid }) => treeOf(pid))
      const answers = [1, 2, 3, 4].map(() => call(`${base}/fn/${id}`, new Agent()))
      await eventually(t, () => countBusy(base), 4)
      t.equal(await server.stop('SIGTERM'), 0)
      t.same(
        await Promise.all(answers),
        answers.map(() => '200 done')
      )
      await eventually(t, () => trees.filter(isAlive), [])
    })
  })

  t.test('when the first process is killed, the workers finish what runs and end', async t => {
    const settings = { DATABASE_URL: await postgres.create(), SECRET_KEY, WORKERS: '2' }
    const server = await startServer(t, settings)
    const id = await addFunction(
      server,
      'function handler() time.sleep(5000) return { body = "done" } end'
    )
    const answer = call(`${server.base}/fn/${id}`, new Agent())
    await eventually(t, () => countBusy(server.base), 1)
    const trees = workersOf(server).flatMap(({ pid }) => treeOf(pid))
    t.ok(trees.length > 2, 'there are sandboxes')
    t.equal(await server.stop('SIGKILL'), 'SIGKILL')
    t.equal(await answer, '200 done')
    await eventually(t, () => trees.filter(isAlive), [])
  })

  t.test('the service manager hears of all workers as of one server', async t => {
    const folder = await temporaryFolder(t)
    const told = join(folder, 'told')
    await writeFile(told, '')
    await writeFile(join(folder, 'systemd-notify'), '#!/bin/sh\necho "$@" >> "$NOTIFY_SOCKET"\n')
    await chmod(join(folder, 'systemd-notify'), 0o755)
    const server = await startServer(t, {
      DATABASE_URL: await postgres.create(),
      SECRET_KEY,
      WORKERS: '2',
      PATH: `${folder}:${process.env.PATH}`,
      NOTIFY_SOCKET: told,
      WATCHDOG_USEC: '6000000'
    })
    const messages = async () =>
      (await readFile(told, 'utf8'))
        .split('\n')
        .filter(line => line !== '' && line !== 'WATCHDOG=1')
    await eventually(t, messages, ['READY=1'])
    await eventually(t, () => readFile(told, 'utf8'), /WATCHDOG=1/)

    const [hung] = workersOf(server)
    process.kill(hung?.pid ?? 0, 'SIGSTOP')
    await eventually(t, () => /worker hangs, and is killed/.test(server.output()), true)
    await eventually(t, () => workersOf(server).filter(({ pid }) => pid !== hung?.pid).length, 2)
    await eventually(
      t,
      () => /worker ended with SIGKILL[^]*"worker listens"/.test(server.output()),
      true
    )

    server.process.kill('SIGHUP')
    await eventually(t, async () => (await messages()).length, 3)
    t.match(await messages(), ['READY=1', /^RELOADING=1 MONOTONIC_USEC=\d+$/, 'READY=1'])
    t.equal(await server.stop('SIGTERM'), 0)
    t.equal((await messages()).at(-1), 'STOPPING=1')
  })

  t.test('a start that fails says why once', async t => {
    const port = await findFreePort()
    const url = await postgres.create()
    const keys = { DATABASE_URL: url, SECRET_KEY, WORKERS: '4' }
    await startServer(t, { ...keys, WORKERS: '1', PORT: String(port) })
    const wrong: ReadonlyArray<readonly [Record<string, string>, RegExp]> = [
      [
        { ...keys, PORT: String(port) },
        /^Moonlet could not start\. Port \d+ of 127\.0\.0\.1 is in use; set PORT/
      ],
      [{ ...keys, PORT: 'x' }, /PORT must be a whole number/],
      [{ ...keys, SECRET_KEY: '' }, /^Moonlet could not start\. DATABASE_URL needs SECRET_KEY/]
    ]
    for (const [settings, why] of wrong) {
      const { code, said } = await run(t, settings)
      t.equal(code, 1)
      t.match(said, why)
      t.equal(said.match(/could not start/g)?.length, 1)
      t.notMatch(said, /\n\s+at /)
    }
  })
}

/** Runs `moonlet serve` to its end; gives its exit code and what it wrote as errors. */
async function run(t: Test, settings: Record<string, string>, ...args: string[]) {
  const env = {
    PATH: process.env.PATH,
    HOST: '127.0.0.1',
    PORT: '0',
    API_KEY,
    DATA_DIR: await temporaryFolder(t),
    ...settings
  }
  const child = spawn(process.execPath, [program, 'serve', ...args], { env })
  t.teardown(() => child.kill('SIGKILL'))
  let said = ''
  child.stdout.resume()
  child.stderr.setEncoding('utf8').on('data', text => (said += text))
  const code = await new Promise<number | null>(resolve => child.once('close', resolve))
  return { code, said }
}

function testRefusals(): void {
  t.test('several workers on a database file are refused, and why', async t => {
    const { code, said } = await run(t, {}, '--workers', '3')
    t.equal(code, 1)
    t.match(
      said,
      /WORKERS must be 1 without DATABASE_URL, because one process alone .+PostgreSQL \(it is "3"\)\n$/
    )
  })

  t.test('a number of workers that is none is refused', async t => {
    const wrong = ['0', '257', 'many', '1.5']
    const ends = await Promise.all(wrong.map(workers => run(t, { WORKERS: workers })))
    for (const [i, { code, said }] of ends.entries()) {
      t.equal(code, 1)
      t.match(said, `WORKERS must be a whole number from 1 to 256, or auto (it is "${wrong[i]}")`)
    }
  })

  t.test('one worker is the process that was started, and a reload leaves it alone', async t => {
    const server = await startServer(t, { WORKERS: '1', NOTIFY_SOCKET: '/dev/null' })
    server.process.kill('SIGHUP')
    await eventually(t, () => /nothing to reload: WORKERS is 1/.test(server.output()), true)
    t.same(workersOf(server), [])
    t.equal((await fetch(`${server.base}/healthz`)).status, 200)
    t.equal(await server.stop('SIGTERM'), 0)
  })
}

// Most of it waits: for processes that start, functions that sleep, a watchdog.
t.jobs = 2
await onPostgres(t, testWorkers)
testRefusals()
