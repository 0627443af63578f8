/** What the chapter on several machines puts in front of two nodes goes on when one of them is killed. */
import { readFile } from 'node:fs/promises'
import { request } from 'node:https'
import { text } from 'node:stream/consumers'
import { lexer } from 'marked'
import t, { type Test } from 'tap'
import { eventually } from '../../helpers/eventually.js'
import { findFreePort } from '../../helpers/free-port.js'
import { onPostgres, readRows, type Postgres } from '../../helpers/postgres.js'
import { caddy, nginx, type ProxyProgram } from '../../helpers/proxy.js'
import { addFunction, SECRET_KEY, startServer, type StartedServer } from '../../helpers/server.js'

const COUNTER = 'function handler() return { body = tostring(kv.increment("n", 1)) } end'
/** Calls at once, and how many of them are answered while a node is gone. */
const CALLERS = 4
const CALLS = 200

const chapter = await readFile('public/guide/several-machines.md', 'utf8')
const blockOf = (language: string): string =>
  lexer(chapter).flatMap(token =>
    token.type === 'code' && token['lang'] === language ? [String(token['text'])] : []
  )[0] ?? ''

interface World {
  readonly url: string
  readonly ports: readonly number[]
  readonly id: string
  /** The first is killed, and started again. */
  readonly nodes: StartedServer[]
  start(index: number): Promise<StartedServer>
}

async function startNodes(t: Test, postgres: Postgres): Promise<World> {
  const url = await postgres.create()
  const ports = [await findFreePort(), await findFreePort()]
  const start = (index: number) =>
    startServer(t, {
      DATABASE_URL: url,
      SECRET_KEY,
      TRUST_PROXY: '127.0.0.1',
      BASE_URL: 'https://moonlet.example.org',
      PORT: String(ports[index])
    })
  const nodes = await Promise.all([start(0), start(1)])
  return { url, ports, nodes, start, id: await addFunction(nodes[0], COUNTER) }
}

/** In the place of what the complete configuration has for one node, the chapter's for two. */
async function startProxy(t: Test, program: ProxyProgram, ports: readonly number[]) {
  const isNginx = program === nginx
  const one = isNginx ? /^upstream moonlet \{[^}]*\}/m : /reverse_proxy 127\.0\.0\.1:3000/
  const [whole = ''] = one.exec(await readFile(program.file, 'utf8')) ?? []
  const block = blockOf(isNginx ? 'nginx' : 'caddy')
  t.match(block, /app-1\.internal:3000[^]*app-2\.internal:3000/)
  const two = block.replace(/app-(\d)\.internal:3000/g, (_, n) => `127.0.0.1:${ports[n - 1]}`)
  return await program.start(t, { moonlet: 3000, names: { [whole]: two } })
}

/** Status and body; status 0 where there was no answer. */
const call = (port: number, path: string): Promise<{ status: number; body: string }> =>
  new Promise(resolve => {
    const asked = request(
      {
        port,
        path,
        method: 'POST',
        servername: 'moonlet.example.org',
        headers: { host: 'moonlet.example.org' },
        rejectUnauthorized: false
      },
      answer => {
        text(answer).then(
          body => {
            resolve({ status: answer.statusCode ?? 0, body })
          },
          () => {
            resolve({ status: 0, body: '' })
          }
        )
      }
    )
    asked.on('error', () => {
      resolve({ status: 0, body: '' })
    })
    asked.end()
  })

async function goesOn(t: Test, program: ProxyProgram, world: World): Promise<void> {
  const { url, ports, id, nodes } = world
  const { https } = await startProxy(t, program, ports)
  const nodesOf = async (after: string) =>
    (await readRows(url, `select distinct node from executions where id > '${after}'`)).length
  const newest = async () =>
    String((await readRows(url, "select coalesce(max(id), '') as id from executions"))[0]?.['id'])
  const before = await newest()
  const ask = () => call(https, `/fn/${id}`)
  const askAndCount = async (after: string) => {
    await ask()
    return await nodesOf(after)
  }
  await eventually(t, () => askAndCount(before), 2, 'both nodes are called')

  const counts: string[] = []
  const failed: string[] = []
  const state = { answered: 0, isGone: false }
  const callers = Array.from({ length: CALLERS }, async () => {
    while (state.answered < CALLS) {
      const { status, body } = await ask()
      if (status === 200) {
        counts.push(body)
        if (state.isGone) state.answered++
      } else failed.push(`${status} ${body}`)
    }
  })
  await nodes[0]?.stop('SIGKILL')
  state.isGone = true
  await Promise.all(callers)
  t.equal(new Set(counts).size, counts.length, 'no call has run twice')
  // Those that were under way on the node, and for Caddy those until it has looked at it once more.
  t.comment(
    `${counts.length} calls were answered, ${failed.length} were not: ${[...new Set(failed)]}`
  )
  if (program === nginx) t.ok(failed.length <= CALLERS, 'only those that it had begun have failed')

  nodes[0] = await world.start(0)
  const after = await newest()
  await eventually(t, () => askAndCount(after), 2, 'both are called again')
}

await onPostgres(t, async postgres => {
  const world = await startNodes(t, postgres)
  for (const program of [nginx, caddy]) {
    const skip = program.program === undefined ? `there is no ${program.name}` : false
    t.test(`${program.name} before two nodes`, { skip }, t => goesOn(t, program, world))
  }
})
