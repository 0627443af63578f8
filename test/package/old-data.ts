/** A data folder as 0.1.0 left it, and whether everything in it is still there. */
import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Installed } from './main-job.js'

/** The key of all fixtures: see test/fixtures/databases/make.mjs. */
const SECRET_KEY = '5c'.repeat(32)

export async function layOldData(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const packed = await readFile('test/fixtures/databases/0.1.0.db.gz')
  await writeFile(join(folder, 'moonlet.db'), gunzipSync(packed), { mode: 0o600 })
  await writeFile(join(folder, 'secret.key'), `${SECRET_KEY}\n`, { mode: 0o600 })
  await writeFile(join(folder, 'api_key.txt'), 'fixture-key\n', { mode: 0o600 })
}

/** Functions, variables, stored values, versions, schedule and history of 0.1.0. */
export async function checkOldData({ base, ask }: Installed): Promise<void> {
  const { functions } = await ask('GET', '/api/functions')
  const counter = functions.find(({ name }: { name: string }) => name === 'counter')
  assert.ok(counter !== undefined, 'the counter is there')
  const detail = await ask('GET', `/api/functions/${counter.id}`)
  assert.deepEqual(detail.env_vars, { GREETING: 'good evening' })
  assert.equal(detail.cron_schedule, '0 3 29 2 *')
  const { executions } = await ask('GET', `/api/functions/${counter.id}/executions`)
  assert.equal(executions.length, 4)
  const answer = await (await fetch(`${base}/fn/${counter.id}`)).json()
  assert.deepEqual(answer, { count: 5, greeting: 'good evening' })
}
