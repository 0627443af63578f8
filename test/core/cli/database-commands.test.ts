/** Every command that works without a server, with DATABASE_URL: it does its work, or says what does it instead. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { buildApi } from '../../helpers/api.js'
import { API_KEY, temporaryFolder } from '../../helpers/build.js'
import { onPostgres, type Postgres } from '../../helpers/postgres.js'
import {
  execution,
  fn,
  ID,
  version,
  writeLunarDatabase
} from '../../plugins/storage/import/lunar-database.js'

const SECRET_KEY = '3d'.repeat(32)
const program = fileURLToPath(new URL('../../../core/cli.js', import.meta.url))

async function moonlet(settings: Record<string, string>, ...args: string[]) {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env['PATH'] ?? '', SECRET_KEY, API_KEY, ...settings },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const said = Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = (await once(child, 'exit')) as [number]
  const [out, err] = await said
  return { code, out, err }
}

function testCommands(postgres: Postgres): void {
  t.test('each command does its work or says what does it', async t => {
    const folder = await temporaryFolder(t)
    const path = (name: string) => join(folder, name)
    writeLunarDatabase(path('lunar.db'), lunar)
    const settings = { DATABASE_URL: await postgres.create(), DATA_DIR: path('data') }
    await mkdir(path('data'))
    const run = (...args: string[]) => moonlet(settings, ...args)
    const tried = new Set<string>()
    const expect = async (
      args: string[],
      expected: { code: number; out?: RegExp; err?: RegExp }
    ) => {
      tried.add(args[0] ?? '')
      const said = await run(...args)
      t.match(said, expected, args.join(' '))
      t.notMatch(said.err, /\n\s+at |\n.*\n/, 'one sentence')
    }
    await expect(['import', path('lunar.db')], { code: 0, out: /^executions +1 +0 +1$/m })
    await expect(['import', path('lunar.db')], {
      code: 1,
      err: /^That database is not empty .*functions.*import what it wrote\.$/m
    })
    await expect(['export', path('out')], { code: 0, out: /Exported 1 function to/ })
    await expect(['import', path('out')], { code: 0, out: /^unchanged +hello$/m })
    await expect(['backup', path('b.db')], { code: 1, err: /pg_dump makes a backup of it\.$/m })
    await expect(['restore', path('lunar.db')], {
      code: 1,
      err: /pg_restore or psql read what pg_dump/
    })
    await expect(['discard-secrets'], {
      code: 1,
      err: /is for the database in DATA_DIR, and DATABASE_URL names one on PostgreSQL/
    })
    await expect(['migrate', '--from', path('lunar.db')], {
      code: 1,
      err: /is not a database of Moonlet\. One of lunar is taken over by "moonlet import"/
    })
    await expect(['plugin', 'list'], { code: 0 })
    await expect(['doctor'], { code: 0, out: /The database at 127\.0\.0\.1:\d+ can be used/ })
    tried.add('serve')
    tried.add('rotate-secrets')
    t.same(await readdir(path('data')), [], 'nothing is left in the data folder')
    const { out } = await run('--help')
    const [, offline = ''] = /On the machine of the server:\n([\s\S]*?)\n\n/.exec(out) ?? []
    t.same(
      [...offline.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name]) => name).sort(),
      [...tried].sort(),
      'all of them'
    )

    const api = await buildApi(t, { ...settings, SECRET_KEY })
    t.match((await api.call('GET', `/api/functions/${ID}`)).json, {
      name: 'hello',
      env_vars: { TOKEN: 'geheim ☾' }
    })
    t.match((await api.call('GET', `/api/functions/${ID}/executions`)).json, {
      pagination: { total: 1 }
    })
    t.match(
      (await run('import', path('lunar.db'))).err,
      /^A server runs on that database: stop it first\.$/m
    )
  })
}

const lunar = {
  functions: [fn()],
  function_versions: [version(1, { is_active: 1 })],
  kv_store: [{ function_id: ID, key: 'count', value: '41' }],
  env_vars: [{ function_id: ID, key: 'TOKEN', value: 'geheim ☾' }],
  executions: [
    execution('d4l1ikp2rpqc73a0b1d0'),
    execution('d4l1ikp2rpqc73a0b1e0', { status: 'odd' })
  ]
}

await onPostgres(t, testCommands)
