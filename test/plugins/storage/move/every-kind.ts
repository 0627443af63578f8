/** A data folder with rows in every table, made by the server of today and by SQL what cannot be waited for. */
import Database from 'better-sqlite3'
import { join } from 'node:path'
import type { Test } from 'tap'
import { temporaryFolder } from '../../../helpers/build.js'
import { buildApi, type Api } from '../../../helpers/api.js'
import {
  aiRequest,
  bytes,
  emailRequest,
  finished,
  httpRequest,
  log,
  newExecution,
  randomText
} from '../../../contracts/storage-fixtures.js'

export const SECRET_KEY = '5c'.repeat(32)

const WORKER = `local greet = require("greet")
function handler(ctx, event)
  log.info("called with " .. #event.body .. " bytes \\0 and \\u{1F600}")
  if event.body == "fail" then error("on purpose") end
  kv.increment("calls", 1)
  return { statusCode = 200, body = greet(event.body) }
end
`

/** Gives the folder; no server runs on it any more. */
export async function makeEveryKind(t: Test): Promise<string> {
  const folder = await temporaryFolder(t)
  const api = await buildApi(t, { DATA_DIR: folder, SECRET_KEY, ALLOW_PRIVATE_ADDRESSES: 'true' })
  await fillByApi(api)
  await api.app.close()
  fillBySql(join(folder, 'moonlet.db'))
  return folder
}

async function fillByApi({ app, call, callOpen, create }: Api): Promise<void> {
  const ask: typeof call = async (...what) => {
    const answer = await call(...what)
    if (answer.status >= 300) {
      throw new Error(`${what[0]} ${what[1]}: ${answer.status} ${answer.text}`)
    }
    return answer
  }
  const module = (
    await ask('POST', '/api/modules', {
      name: 'greet',
      code: 'return function(x) return "hi " .. x end'
    })
  ).json
  await ask('PUT', `/api/modules/${module.id}`, {
    code: 'return function(x) return "hello " .. x end'
  })
  const id = await create({ name: 'worker', code: WORKER })
  await ask('PUT', `/api/functions/${id}`, { code: `${WORKER}-- second\n`, message: 'why' })
  await ask('PUT', `/api/functions/${id}`, {
    slug: 'worker-of-all',
    description: 'Zoë\u0000 and more',
    save_response: true,
    cron_schedule: '0 3 29 2 *',
    max_concurrency: 7,
    kv_bytes: 1_000_000,
    history_bytes: 50_000_000
  })
  await ask('PUT', `/api/functions/${id}/env`, { env_vars: { FIRST: 'one', SECRET: 'zwei ä' } })
  await ask('PUT', `/api/functions/${id}/env`, { env_vars: { FIRST: 'two' } })
  await ask('PUT', '/api/env', { env_vars: { SHARED: 'of all' } })
  await ask('POST', `/api/functions/${id}/keys`, { name: 'partner' })
  await ask('POST', '/api/tokens', { name: 'ci', scopes: ['functions:read'] })
  await ask('POST', '/api/alerts', {
    name: 'told',
    on: 'failure',
    threshold: 3,
    window_minutes: 5,
    target: { kind: 'webhook', url: 'https://hooks.example.org/x', format: 'json' }
  })
  await ask('POST', '/api/auth/login', { apiKey: 'test-key' })
  await app.storage.kv.set('', bytes('of all'), bytes('\0\xff'))
  await app.storage.kv.set(id, Buffer.from([0, 255, 1]), Buffer.from([254, 0]), 4_000_000_000_000)
  for (const body of ['one', 'fail', randomText(9_000), 'some words '.repeat(3_000)]) {
    const { status } = await callOpen('POST', '/fn/worker-of-all', body)
    if (status !== (body === 'fail' ? 500 : 200)) throw new Error(`the call gave ${status}`)
  }
  const later = { Prefer: 'respond-async', 'Moonlet-Delay': '2000000' }
  await callOpen('POST', `/fn/${id}`, 'kept for later', later)
  const execution = newExecution(id)
  const { executions } = app.storage
  await executions.begin(execution)
  executions.appendAiRequest(aiRequest(execution.id))
  executions.appendEmailRequest(emailRequest(execution.id))
  executions.appendHttpRequest(httpRequest(execution.id))
  await executions.finish(finished(execution, { logs: [log('a\uD800b\0c', 'warn')] }))
  await create({ name: 'empty', disabled: true })
}

/** What a server that was killed leaves: a removed function that is not purged, and a message that is not sent. */
function fillBySql(file: string): void {
  const db = new Database(file)
  db.exec(`
    insert into functions (id, name, created_at, updated_at, last_version, disabled) values ('removed 99', 'gone', 1, 1, 1, 1);
    insert into versions (function, version, created_at, code) select seq, 1, 1, 'return 1' from functions where id = 'removed 99';
    insert into purges select seq, 0 from functions where id = 'removed 99';
    insert into alert_messages (alert, message, due_at) select seq, '{}', 4000000000000 from alerts;
    insert into env select seq, 'OLD', 'readable' from functions where name = 'worker';
    update sqlite_sequence set seq = 1000 where name = 'functions';
  `)
  db.close()
}
