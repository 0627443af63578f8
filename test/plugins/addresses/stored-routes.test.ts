/** Routes of an earlier version, whose patterns would be refused today: on each database. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { buildApi } from '../../helpers/api.js'
import { temporaryFolder } from '../../helpers/build.js'
import { onPostgres } from '../../helpers/postgres.js'
import { ask, SECRET_KEY, startServer } from '../../helpers/server.js'

const program = fileURLToPath(new URL('../../../core/cli.js', import.meta.url))
const CODE = 'function handler() return { body = "served" } end'

/** With a path of a few hundred characters the router would try for ever. */
const SLOW = '/slow/:a((a|aa)+b)'
const routes = [
  { pattern: SLOW },
  { pattern: '/day/:a-:b-:c-:d-:e-:f', host: 'old.example.org' },
  { pattern: '/good/:a-:b' }
]
const problems = [
  { pattern: SLOW, problem: /^pattern may say of a parameter .* not "a\(\(a\|aa\)\+b\)"$/ },
  {
    pattern: '/day/:a-:b-:c-:d-:e-:f',
    host: 'old.example.org',
    problem: /^pattern has 6 parameters between two slashes; at most 5/
  }
]

async function examine(settings: Record<string, string>) {
  const said = await new Promise<string>(resolve => {
    const env = { PATH: process.env.PATH, PORT: '0', HOST: '127.0.0.1', ...settings }
    execFile(process.execPath, [program, 'doctor', '--json'], { env }, (_error, stdout) => {
      resolve(stdout)
    })
  })
  const { checks } = JSON.parse(said) as { checks: Array<Record<string, string>> }
  return checks.filter(({ check }) => check === 'routes')
}

const testStored = (on: string, settingsOf: () => Promise<Record<string, string>>) => {
  t.test(`${on}: a stored route that is slow is kept, named, and not served`, async t => {
    const settings = { API_KEY: 'test-key', SECRET_KEY, ...(await settingsOf()) }
    const before = await buildApi(t, settings)
    const id = await before.create({ name: 'old', code: CODE })
    await before.app.storage.functions.update(id, {
      patch: { frontDoor: { routes } },
      code: undefined,
      now: 2000
    })
    await before.app.close()

    t.match(
      (await examine(settings)).map(({ message }) => message),
      [
        `The route ${SLOW} of the function "old" (${id}) is not served: pattern may say`,
        `The route /day/:a-:b-:c-:d-:e-:f on old.example.org of the function "old" (${id}) is not served: pattern has 6`
      ]
    )
    const server = await startServer(t, settings)
    const status = async (path: string) => (await fetch(`${server.base}${path}`)).status
    t.equal(await status(`/slow/${'a'.repeat(2000)}`), 404)
    t.equal(await status('/good/1-2'), 200, 'its other routes are')
    const told = server.output().match(/^.*a stored route is not served.*$/gm) ?? []
    t.match(
      told.map(line => JSON.parse(line) as unknown),
      problems.map(problem => ({ functionId: id, functionName: 'old', ...problem }))
    )
    const path = `/api/functions/${id}`
    const read = () => ask<Record<string, unknown>>(server, path)
    const shown = await read()
    t.same(shown['routes'], routes)
    t.match(shown['route_problems'], problems)
    const { functions } = await ask<{ functions: unknown[] }>(server, '/api/functions')
    t.match(functions, [{ routes, route_problems: problems }])

    await ask(server, path, { name: 'new' }, 'PUT')
    t.match(await read(), { name: 'new', route_problems: problems }, 'other changes are possible')
    await t.rejects(ask(server, path, { routes }, 'PUT'), { message: /^400 .*routes: pattern may/ })
    await ask(server, path, { routes: routes.slice(2) }, 'PUT')
    t.notOk('route_problems' in (await read()))
    t.same(await examine(settings), [])
  })
}

await onPostgres(t, postgres => {
  testStored('PostgreSQL', async () => ({
    DATABASE_URL: await postgres.create(),
    DATA_DIR: await temporaryFolder(t)
  }))
})
testStored('SQLite', async () => ({ DATA_DIR: await temporaryFolder(t) }))
