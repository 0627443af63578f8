/** Databases that earlier versions wrote, opened by this one: nothing in them is lost. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { buildApi } from '../../helpers/api.js'
import { temporaryFolder } from '../../helpers/build.js'
import { findMigrations } from '../../../plugins/storage/db/migrations.js'
import { migrationsFolder } from '../../../plugins/storage/storage.js'

/** Made by make.mjs in it, with a built checkout of each version. */
const folder = 'test/fixtures/databases'
/** As make.mjs has it. */
const SECRET_KEY = '5c'.repeat(32)

const databases = (await readdir(folder)).filter(name => name.endsWith('.db.gz')).sort()

/** `0.2.0-0013` is a state between two releases, with the migrations up to that number. */
const migrationsOf = (name: string): number =>
  name.startsWith('0.1.0') ? 4 : Number(/-(\d{4})/.exec(name)?.[1])

t.ok(databases.length > 10, 'there are databases')

for (const name of databases) {
  t.test(`${name} keeps functions, variables, values, history and what else it has`, async t => {
    const data = await temporaryFolder(t)
    const packed = await readFile(join(folder, name))
    await writeFile(join(data, 'moonlet.db'), gunzipSync(packed), { mode: 0o600 })
    const { call, callOpen } = await buildApi(t, { DATA_DIR: data, SECRET_KEY })

    const { functions } = (await call('GET', '/api/functions')).json
    const idOf = (wanted: string) =>
      functions.find((entry: { name: string }) => entry.name === wanted).id as string
    const counter = idOf('counter')
    const detail = (await call('GET', `/api/functions/${counter}`)).json
    t.match(detail, {
      env_vars: { GREETING: 'good evening' },
      cron_schedule: '0 3 29 2 *',
      cron_status: 'active',
      active_version: { version: 2 }
    })
    t.equal((await call('GET', `/api/functions/${counter}/versions`)).json.versions.length, 2)

    // Runs that were missed since, on a 29th of February, are in it as well.
    const history = (
      await call('GET', `/api/functions/${counter}/executions`)
    ).json.executions.filter(({ status }: { status: string }) => status !== 'skipped')
    t.equal(history.length, 4)
    for (const { id, status } of history) {
      t.equal(status, 'success')
      const { logs } = (await call('GET', `/api/executions/${id}/logs`)).json
      t.match(logs[0].message, /^count is [1-4]$/)
    }
    const event = (await call('GET', `/api/executions/${history[0].id}`)).json.event_json
    t.match(event, 'x'.repeat(10_000), 'the long event is whole')
    const [failed] = (await call('GET', `/api/functions/${idOf('failing')}/executions`)).json
      .executions
    t.equal(failed.status, 'error')

    t.same((await callOpen('POST', `/fn/${counter}`)).json, { count: 5, greeting: 'good evening' })
    const migrations = migrationsOf(name)
    if (migrations >= 12) await keepsJob(call, t)
    if (migrations >= 16) t.equal((await call('GET', '/api/alerts')).json.alerts[0].name, 'fixture')
    if (migrations >= 16) t.equal((await call('GET', '/api/tokens')).json.tokens[0].name, 'fixture')
  })
}

t.test('there is a database of 0.1.0, and none is newer than the migrations', async t => {
  const all = (await findMigrations(migrationsFolder)).length
  const known = databases.map(migrationsOf)
  t.ok(known.includes(4), 'of 0.1.0')
  t.ok(Math.max(...known) <= all, 'and none of the future')
})

async function keepsJob(
  call: Awaited<ReturnType<typeof buildApi>>['call'],
  t: { match: (found: unknown, wanted: unknown) => void }
): Promise<void> {
  const [job] = (await call('GET', '/api/jobs')).json.jobs
  // It is due three weeks after it was made, and then it runs.
  const whole = (await call('GET', `/api/jobs/${job.id}`)).json
  t.match(JSON.stringify(whole), 'kept for later')
}
