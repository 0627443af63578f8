// Cron settings, the next-run answer, and one real firing. The server must run
// in UTC.
import { test, OK_CODE } from '../lib/dsl.mjs'

export const area = 'cron'

const MINUTE = 60000

/** First whole minute after `from` (ms) for which every test holds. */
function firstMinute(from, { minute = () => true, hour = () => true, day = () => true }) {
  let at = (Math.floor(from / MINUTE) + 1) * MINUTE
  for (let guard = 0; guard < 4_000_000; guard++) {
    const d = new Date(at)
    if (!day(d)) {
      at = Date.UTC(d.getUTCFullYear(), d.getUTCMonth(), d.getUTCDate() + 1)
      continue
    }
    if (!hour(d.getUTCHours())) {
      at = (Math.floor(at / (60 * MINUTE)) + 1) * 60 * MINUTE
      continue
    }
    if (!minute(d.getUTCMinutes())) {
      at += MINUTE
      continue
    }
    return at / 1000
  }
  throw new Error('no such minute')
}

/** How far away `at` (s) is, in the server's words. */
function words(at, now) {
  const ms = at * 1000 - now
  const say = (n, unit) => `in ${n} ${unit}${n === 1 ? '' : 's'}`
  if (ms < MINUTE) return 'in less than a minute'
  if (ms < 60 * MINUTE) return say(Math.floor(ms / MINUTE), 'minute')
  if (ms < 24 * 60 * MINUTE) return say(Math.floor(ms / (60 * MINUTE)), 'hour')
  return say(Math.floor(ms / (24 * 60 * MINUTE)), 'day')
}

const nextRun = (t, id) => t.must('GET', `/api/functions/${id}/next-run`)

/** Each active [schedule, rule] must report the first minute that fits. */
function next(name, options, ...rows) {
  return test(name, options, async t => {
    const fn = await t.create(OK_CODE, { disabled: true })
    for (const [schedule, rule] of rows) {
      await t.update(fn.id, { cron_schedule: schedule, cron_status: 'active' })
      const before = Date.now()
      const got = await nextRun(t, fn.id)
      const after = Date.now()
      const moments = [before, after, before - 1500, after + 1500]
      t.eq(
        [got.has_schedule, got.cron_schedule, got.cron_status, got.is_paused ?? false],
        [true, schedule, 'active', false],
        'schedule'
      )
      t.oneOf(
        got.next_run,
        moments.map(m => firstMinute(m, rule)),
        `next_run of ${schedule}`
      )
      t.oneOf(
        got.next_run_human,
        moments.map(m => words(got.next_run, m)),
        `next_run_human of ${schedule}`
      )
    }
  })
}

/** Setting this schedule must be refused and leave the old one in place. */
function bad(name, options, ...schedules) {
  return test(name, options, async t => {
    const fn = await t.create(OK_CODE, { cron_schedule: '1 2 3 4 *' })
    for (const s of schedules) {
      const r = await t.api('PUT', `/api/functions/${fn.id}`, { cron_schedule: s })
      t.eq(r.status, 400, `status for ${JSON.stringify(s)}`)
      t.ok(
        r.json?.error?.startsWith('cron_schedule: invalid cron expression'),
        `error for ${JSON.stringify(s)}`,
        r.json
      )
    }
    t.eq((await t.get(fn.id)).cron_schedule, '1 2 3 4 *', 'schedule kept')
  })
}

/** A function that has just been run by its schedule, made once for all cases. */
const fired = t =>
  t.once('cron-fired', async keeper => {
    const code =
      'function handler(ctx, event)\n  log.info("by " .. tostring(event.headers["X-Trigger"]))\n  return { statusCode = 200, body = event.body }\nend\n'
    const name = keeper.name('cron-fired')
    const every = { cron_schedule: '* * * * *', cron_status: 'active' }
    const active = await keeper.create(code, { name, save_response: true, ...every })
    const paused = await keeper.create(code, { ...every, cron_status: 'paused' })
    const disabled = await keeper.create(code, { ...every, disabled: true })
    const stopped = await keeper.create(code, every)
    await keeper.update(stopped.id, { cron_schedule: '' })
    const runs = async id =>
      (await keeper.must('GET', `/api/functions/${id}/executions`)).executions ?? []
    let list = []
    for (
      const end = Date.now() + 100000;
      !list.some(e => e.status !== 'pending') && Date.now() < end;
    ) {
      await keeper.sleep(1000)
      list = await runs(active.id)
    }
    await keeper.sleep(2000)
    const out = {
      active,
      name,
      execution: list[0] && (await keeper.execution(list[0].id)),
      logs: list[0] && (await keeper.logs(list[0].id)).logs,
      paused: await runs(paused.id),
      disabled: await runs(disabled.id),
      stopped: await runs(stopped.id)
    }
    for (const f of [active, stopped]) await keeper.update(f.id, { cron_status: 'paused' })
    return out
  })

export default [
  test('new-function-has-no-schedule', { share: true }, async t => {
    const fn = await t.create(OK_CODE)
    t.eq(await nextRun(t, fn.id), { has_schedule: false }, 'next-run')
  }),
  test('schedule-alone-is-paused', { share: true }, async t => {
    const fn = await t.create(OK_CODE, { cron_schedule: '*/5 * * * *' })
    const got = await nextRun(t, fn.id)
    t.eq(
      [got.has_schedule, got.cron_schedule, got.cron_status, got.is_paused],
      [true, '*/5 * * * *', 'paused', true],
      'next-run'
    )
    t.eq([got.next_run ?? null, got.next_run_human ?? null], [null, null], 'next_run')
  }),
  test('empty-text-clears-the-schedule', { share: true }, async t => {
    const fn = await t.create(OK_CODE, {
      cron_schedule: '*/5 * * * *',
      cron_status: 'active',
      disabled: true
    })
    await t.update(fn.id, { cron_schedule: '' })
    t.eq((await nextRun(t, fn.id)).has_schedule, false, 'has_schedule')
  }),
  test('settings-are-shown-with-the-function', { share: true }, async t => {
    const fn = await t.create(OK_CODE, {
      cron_schedule: '0 3 * * *',
      cron_status: 'active',
      disabled: true
    })
    const got = await t.get(fn.id)
    t.eq([got.cron_schedule, got.cron_status], ['0 3 * * *', 'active'], 'settings')
  }),
  next('next-every-minute', { share: true }, ['* * * * *', {}]),
  next(
    'next-steps',
    { share: true },
    ['*/15 * * * *', { minute: m => m % 15 === 0 }],
    ['10-40/10 * * * *', { minute: m => [10, 20, 30, 40].includes(m) }],
    ['5/20 * * * *', { minute: m => [5, 25, 45].includes(m) }]
  ),
  next('next-daily', { share: true }, [
    '30 4 * * *',
    { minute: m => m === 30, hour: h => h === 4 }
  ]),
  next(
    'next-weekday',
    { share: true },
    [
      '0 9 * * 1-5',
      {
        minute: m => m === 0,
        hour: h => h === 9,
        day: d => d.getUTCDay() >= 1 && d.getUTCDay() <= 5
      }
    ],
    ['15 6 * * 0', { minute: m => m === 15, hour: h => h === 6, day: d => d.getUTCDay() === 0 }]
  ),
  bad('refuses-wrong-number-of-fields', { share: true }, '* * * *', '* * * * * *', 'daily'),
  bad(
    'refuses-values-out-of-range',
    { share: true },
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * 32 * *',
    '* * * 0 *',
    '* * * 13 *',
    '* * * * 8'
  ),
  test('fires-and-is-recorded', { share: true, lane: 'wait' }, async t => {
    const { active, execution, logs } = await fired(t)
    t.ok(execution, 'an execution within 100 seconds')
    t.eq(
      [execution.function_id, execution.trigger, execution.status],
      [active.id, 'cron', 'success'],
      'record'
    )
    t.eq(
      logs.map(l => l.message),
      ['by cron'],
      'logs'
    )
  }),
  test('paused-disabled-and-cleared-do-not-run', { share: true, lane: 'wait' }, async t => {
    const { execution, paused, disabled, stopped } = await fired(t)
    t.ok(execution, 'an execution within 100 seconds')
    t.eq([paused, disabled, stopped], [[], [], []], 'executions')
  })
]
