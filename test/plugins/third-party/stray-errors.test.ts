/** Errors of plugins that nobody catches: the server logs them and goes on. */
import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { temporaryFolder } from '../../helpers/build.js'
import { eventually } from '../../helpers/eventually.js'
import { startServer, type StartedServer } from '../../helpers/server.js'
import { fixture } from './with-plugins.js'

/** The errors logged with the plugin's name. */
const strays = ({
  output
}: StartedServer): Array<{ plugin: string; msg: string; err: { message: string } }> =>
  output()
    .split('\n')
    .filter(line => line.includes('"plugin":"stray"'))
    .map(line => JSON.parse(line))

t.test(
  'no rejection and no throw of a plugin ends the server; each is logged with its name',
  async t => {
    const server = await startServer(t, { PLUGINS: fixture('stray') })
    await eventually(t, () => strays(server).length, 2, 'what its start began is logged')
    t.match(
      strays(server)
        .map(({ err, msg }) => [err.message, msg])
        .sort(),
      [
        ['Function not found', "unhandled rejection of the plugin 'stray'; the server goes on"],
        ['thrown in a timer', "uncaught exception of the plugin 'stray'; the server goes on"]
      ]
    )
    const ways = (await (await fetch(`${server.base}/plugins/stray/ways`)).json()) as string[]
    t.equal(ways.length, 7)
    for (const [i, way] of ways.entries()) {
      await fetch(`${server.base}/plugins/stray/ways/${encodeURIComponent(way)}`, {
        method: 'POST'
      })
      await eventually(t, () => strays(server).length, 3 + i, way)
    }
    t.equal((await fetch(`${server.base}/healthz`)).status, 200)

    const before = strays(server).length
    const headers = { authorization: `Bearer ${server.key}` }
    const code = 'function handler() return { body = tostring(stray.go()) } end'
    const saved = await fetch(`${server.base}/api/functions`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ name: 'f', code })
    })
    const { id } = (await saved.json()) as { id: string }
    t.equal(await (await fetch(`${server.base}/fn/${id}`)).text(), 'true')
    await eventually(
      t,
      () => strays(server).filter(({ err }) => err.message === 'Function not found').length >= 4,
      true,
      'from a Lua function and a hook'
    )
    t.ok(strays(server).length > before)
    t.equal(await server.stop(), 0)
  }
)

t.test(
  'a rejection while a plugin is loaded stops the start with one message that names it',
  async t => {
    await t.rejects(startServer(t, { PLUGINS: fixture('stray-at-import') }), {
      message:
        /ended with 1: Moonlet could not start\. The plugin '\S*stray-at-import\S*' failed at start: stray at import \(at [^\n]*\n$/
    })
  }
)

t.test('an error of the server itself still ends it', async t => {
  const folder = await temporaryFolder(t)
  const program = join(folder, 'fails.mjs')
  const uncaught = fileURLToPath(new URL('../../../core/process/uncaught.js', import.meta.url))
  await writeFile(
    program,
    `
    import pino from 'pino'
    import { handleUncaughtErrors } from ${JSON.stringify(uncaught)}
    handleUncaughtErrors(() => {}).logTo(pino(pino.destination({ sync: true })), () => {})
    setTimeout(() => { throw new Error('of our own') }, 1)
    setTimeout(() => { console.log('went on') }, 1000)
  `.replace("'pino'", JSON.stringify(import.meta.resolve('pino')))
  )
  const { status, stdout } = spawnSync(process.execPath, [program], {
    env: { PATH: process.env.PATH ?? '' },
    encoding: 'utf8'
  })
  t.equal(status, 1)
  t.match(stdout, /uncaught exception/)
  t.notMatch(stdout, /went on/)
})
