import t, { type Test } from 'tap'
import { build } from '../../../helpers/build.js'

async function api(t: Test) {
  const app = await build(t)
  const call = async (method: 'GET' | 'POST' | 'PUT', url: string, body?: unknown) => {
    const { statusCode, payload } = await app.inject({
      method,
      url,
      headers: { authorization: 'Bearer test-key' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    return { status: statusCode, json: payload === '' ? undefined : JSON.parse(payload) }
  }
  const {
    json: { id }
  } = await call('POST', '/api/functions', { name: 'f', code: 'function handler() return {} end' })
  return {
    app,
    id: id as string,
    call,
    nextRun: async (change?: object) => {
      if (change !== undefined) {
        t.equal((await call('PUT', `/api/functions/${id}`, change)).status, 200)
      }
      return (await call('GET', `/api/functions/${id}/next-run`)).json
    }
  }
}

t.test('tells when a function runs next', async t => {
  const { nextRun } = await api(t)
  t.same(await nextRun(), { has_schedule: false })
  t.same(await nextRun({ cron_schedule: '*/5 * * * *' }), {
    has_schedule: true,
    cron_schedule: '*/5 * * * *',
    cron_status: 'paused',
    is_paused: true
  })
  const active = await nextRun({ cron_status: 'active' })
  t.match(active, {
    has_schedule: true,
    cron_schedule: '*/5 * * * *',
    cron_status: 'active',
    next_run: Number,
    next_run_human: /^in (less than a|\d) minutes?$/
  })
  t.notOk('is_paused' in active)
  t.equal(active.next_runs.length, 5)
  t.equal(active.next_runs[0], active.next_run)
  t.same(
    active.next_runs.map((at: number) => at - active.next_run),
    [0, 300, 600, 900, 1200]
  )
  t.same(await nextRun({ cron_schedule: '' }), { has_schedule: false })
})

t.test('a date that never comes has no next run', async t => {
  const { nextRun } = await api(t)
  t.same(await nextRun({ cron_schedule: '0 0 30 2 *', cron_status: 'active' }), {
    has_schedule: true,
    cron_schedule: '0 0 30 2 *',
    cron_status: 'active',
    next_runs: []
  })
})

t.test('a function that is not there is 404', async t => {
  const { call } = await api(t)
  t.same(await call('GET', '/api/functions/00000000000000000000/next-run'), {
    status: 404,
    json: { error: 'Function not found' }
  })
})

t.test('reads a schedule without saving it', async t => {
  const { call } = await api(t)
  const good = await call('POST', '/api/cron/check', {
    schedule: 'TZ=Europe/Berlin 30 4 * * MON-FRI'
  })
  t.match(good, { status: 200, json: { ok: true } })
  t.equal(good.json.next_runs.length, 5)
  t.same(await call('POST', '/api/cron/check', { schedule: '60 * * * *' }), {
    status: 200,
    json: { ok: false, error: 'minute: 60 is out of range (0 to 59)' }
  })
  t.match(await call('POST', '/api/cron/check', {}), { status: 400 })
})

t.test('needs authentication', async t => {
  const { app } = await api(t)
  t.equal((await app.inject({ url: '/api/functions/x/next-run' })).statusCode, 401)
  t.equal(
    (await app.inject({ method: 'POST', url: '/api/cron/check', body: '{}' })).statusCode,
    401
  )
})

t.test('a caller who claims to be the scheduler is none', async t => {
  const { app, id, call } = await api(t)
  t.equal(
    (await app.inject({ method: 'POST', url: `/fn/${id}`, headers: { 'x-trigger': 'cron' } }))
      .statusCode,
    200
  )
  t.match((await call('GET', `/api/functions/${id}/executions`)).json.executions, [
    { trigger: 'http' }
  ])
})
