import t, { type Test } from 'tap'
import { MoonletError, type ErrorCode } from '../../../../core/base/errors.js'
import type { InvocationRequest, Outcome } from '../../../../core/contracts/invocation.js'
import type { Enqueue, JobRecord } from '../../../../core/contracts/jobs.js'
import { defaultRetry } from '../../../../core/contracts/front-door.js'
import type { FunctionRecord } from '../../../../core/contracts/records.js'
import type { FinishedExecution } from '../../../../core/contracts/executions.js'
import { createFailureRecorder } from '../../../../plugins/triggers/cron/record-failure.js'
import { Runner } from '../../../../plugins/triggers/cron/runner.js'
import { CronScheduler } from '../../../../plugins/triggers/cron/scheduler.js'
import { createFakeClock, settle } from '../../../helpers/fake-clock.js'
import { functionRecord, versionRecord } from '../../../helpers/function-record.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const quiet = {
  warn() {},
  error(fields: unknown) {
    throw new Error(JSON.stringify(fields))
  }
}

interface World {
  readonly start: string
  readonly functions: FunctionRecord[]
  readonly limit?: number
  readonly lastCronRun?: number
  /** A job of an earlier tick. */
  readonly unfinished?: JobRecord
  /** What the invoker does with a run; the default ends it at once. */
  readonly invoke?: (request: InvocationRequest) => Promise<void>
}

/** The scheduler between a fake clock, an invoker that notes what it is asked for, and functions in memory. */
async function schedulerWorld(
  t: Test,
  { start, functions, limit = 8, lastCronRun, unfinished, invoke = async () => {} }: World
) {
  const clock = createFakeClock(Date.parse(start))
  const known = new Map(functions.map(fn => [fn.id, { fn, active: versionRecord(fn.id) }]))
  const listeners = new Set<(id: string) => void>()
  const functionCache = {
    get: (id: string) => known.get(id),
    forget(id: string) {
      for (const listener of listeners) listener(id)
    },
    onForget(listener: (id: string) => void) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    }
  }
  const runs: Array<{ id: string; at: number; request: InvocationRequest }> = []
  const failures: FinishedExecution[] = []
  const executions = {
    begin() {},
    async finish(execution: FinishedExecution) {
      failures.push(execution)
    }
  }
  const enqueued: Enqueue[] = []
  const jobs = {
    /** One that has not finished is named in the place of a new one. */
    async enqueue(asked: Enqueue) {
      if (unfinished !== undefined) return { id: unfinished.id, isNew: false }
      enqueued.push(asked)
      return { id: 'j1', isNew: true }
    },
    find: async () => unfinished
  }
  let ids = 0
  const runner = new Runner({
    functionCache,
    jobs,
    clock,
    log: { ...quiet, warn() {} },
    limit,
    requestId: () => 'r',
    recordFailure: createFailureRecorder({
      executions,
      ids: { next: () => `e${++ids}` },
      eventLimit: 65_536,
      now: clock.now
    }),
    invoker: {
      async invoke(request) {
        runs.push({ id: request.fn.id, at: clock.now(), request })
        await invoke(request)
        return {} as Outcome
      }
    }
  })
  const scheduler = await CronScheduler.start({
    functions: {
      listScheduled: async () =>
        functions
          .filter(fn => !fn.disabled && fn.cronStatus === 'active' && fn.cronSchedule)
          .map(fn => ({ fn, lastCronAt: lastCronRun }))
    },
    functionCache,
    runner,
    clock,
    log: {
      ...quiet,
      error(fields: unknown) {
        if (!(fields as { schedule?: string }).schedule?.startsWith('@')) quiet.error(fields)
      }
    }
  })
  const stop = () => {
    scheduler.stop()
  }
  t.teardown(stop)
  return {
    clock,
    runs,
    enqueued,
    failures,
    stop,
    times: (id?: string) =>
      runs
        .filter(run => id === undefined || run.id === id)
        .map(run => new Date(run.at).toISOString().replace('.000Z', 'Z')),
    change(id: string, change: Partial<FunctionRecord> | undefined) {
      const found = known.get(id)
      if (change === undefined || found === undefined) known.delete(id)
      else known.set(id, { ...found, fn: { ...found.fn, ...change } })
      functionCache.forget(id)
    }
  }
}

const active = (cronSchedule: string, change: Partial<FunctionRecord> = {}) =>
  functionRecord({ cronSchedule, cronStatus: 'active', ...change })

t.test('a run is a POST to / that says what made it', async t => {
  const { clock, runs } = await schedulerWorld(t, {
    start: '2026-01-10T10:00:30Z',
    functions: [active('TZ=UTC */5 * * * *', { name: 'ünï' })]
  })
  await clock.pass(5 * MINUTE)
  const { request } = runs[0]!
  t.equal(request.trigger, 'cron')
  t.equal(request.record, true)
  t.same(
    { ...request.event, body: request.event.body.length },
    {
      method: 'POST',
      path: '/fn/f0000000000000000000',
      relativePath: '/',
      headers: {
        'X-Trigger': 'cron',
        'X-Cron-Schedule': 'TZ=UTC */5 * * * *',
        'X-Cron-Function-Id': 'f0000000000000000000',
        'X-Cron-Function-Name': Buffer.from('ünï').toString('latin1'),
        'X-Cron-Scheduled-Time': String(Date.parse('2026-01-10T10:05:00Z') / 1000),
        'Content-Type': 'application/json'
      },
      query: {},
      body: 0
    }
  )
})

t.test('an hour with 1,000 schedules fires each exactly when it should', async t => {
  const functions = Array.from({ length: 1000 }, (_, i) =>
    active(`TZ=UTC ${i % 60} * * * *`, { id: `f${i}` })
  )
  const { clock, runs } = await schedulerWorld(t, { start: '2026-01-10T10:59:59Z', functions })
  await clock.pass(HOUR)
  t.equal(runs.length, 1000)
  const wrong = runs.filter(
    ({ id, at }) => at !== Date.parse('2026-01-10T11:00:00Z') + (Number(id.slice(1)) % 60) * MINUTE
  )
  t.same(
    wrong.map(({ id, at }) => [id, at]),
    []
  )
})

t.test(
  '1,000 schedules in a zone whose clocks go forward skip the hour that is missing',
  async t => {
    const functions = Array.from({ length: 1000 }, (_, i) =>
      active(`TZ=America/New_York ${i % 60} ${1 + (i % 3)} * * *`, { id: `f${i}` })
    )
    const { clock, runs } = await schedulerWorld(t, { start: '2026-03-08T05:59:59Z', functions })
    await clock.pass(2 * HOUR)
    // 01:mm is 06:mm UTC; 02:mm does not exist; 03:mm is 07:mm UTC.
    const expected = functions
      .map((_, i) => i)
      .filter(i => i % 3 !== 1)
      .map(
        i =>
          `f${i} ${Date.parse('2026-03-08T06:00:00Z') + (i % 3 === 2 ? HOUR : 0) + (i % 60) * MINUTE}`
      )
    t.same(runs.map(({ id, at }) => `${id} ${at}`).sort(), expected.sort())
  }
)

t.test(
  '1,000 schedules in a zone whose clocks go back run twice in the hour that comes twice',
  async t => {
    const functions = Array.from({ length: 1000 }, (_, i) =>
      active(`TZ=America/New_York ${i % 60} ${1 + (i % 2)} * * *`, { id: `f${i}` })
    )
    const { clock, runs } = await schedulerWorld(t, { start: '2026-11-01T04:59:59Z', functions })
    await clock.pass(3 * HOUR)
    // 01:mm is 05:mm and 06:mm UTC; 02:mm is 07:mm UTC.
    const expected = functions.flatMap((_, i) =>
      (i % 2 === 0 ? [0, 1] : [2]).map(
        hour => `f${i} ${Date.parse('2026-11-01T05:00:00Z') + hour * HOUR + (i % 60) * MINUTE}`
      )
    )
    t.same(runs.map(({ id, at }) => `${id} ${at}`).sort(), expected.sort())
  }
)

t.test('a changed schedule counts at once', async t => {
  const world = await schedulerWorld(t, {
    start: '2026-01-10T10:00:30Z',
    functions: [active('TZ=UTC 0 12 * * *')]
  })
  world.change('f0000000000000000000', { cronSchedule: 'TZ=UTC 2 * * * *' })
  await settle()
  await world.clock.pass(3 * HOUR)
  t.same(world.times(), ['2026-01-10T10:02:00Z', '2026-01-10T11:02:00Z', '2026-01-10T12:02:00Z'])
})

for (const [what, change] of [
  ['disabled', { disabled: true }],
  ['paused', { cronStatus: 'paused' }],
  ['cleared', { cronSchedule: '' }],
  ['deleted', undefined]
] as const) {
  t.test(`a function that was ${what} does not fire`, async t => {
    const world = await schedulerWorld(t, {
      start: '2026-01-10T10:00:30Z',
      functions: [active('TZ=UTC * * * * *')]
    })
    await world.clock.pass(MINUTE)
    world.change('f0000000000000000000', change)
    await settle()
    await world.clock.pass(3 * MINUTE)
    t.same(world.times(), ['2026-01-10T10:01:00Z'])
    t.same(world.failures, [])
  })
}

t.test(
  'a tick that finds the last run still going is skipped, and the history says so',
  async t => {
    let end = () => {}
    const world = await schedulerWorld(t, {
      start: '2026-01-10T10:00:30Z',
      functions: [active('TZ=UTC * * * * *')],
      invoke: () =>
        new Promise(resolve => {
          end = resolve
        })
    })
    await world.clock.pass(2 * MINUTE)
    end()
    await settle()
    await world.clock.pass(MINUTE)
    t.same(world.times(), ['2026-01-10T10:01:00Z', '2026-01-10T10:03:00Z'])
    t.equal(world.failures.length, 1)
    t.match(world.failures[0], {
      status: 'error',
      trigger: 'cron',
      fault: {
        kind: 'skipped',
        message:
          'Skipped: the run that was due at 2026-01-10T10:01:00Z was still going at 2026-01-10T10:02:00Z.'
      },
      errorMessage: /^Error: Skipped: /
    })
    t.equal(
      JSON.parse(world.failures[0]!.eventJson).headers['X-Cron-Scheduled-Time'],
      String(Date.parse('2026-01-10T10:02:00Z') / 1000)
    )
  }
)

t.test('a minute with many runs has no more of them at the invoker than can run', async t => {
  let inside = 0
  let most = 0
  const world = await schedulerWorld(t, {
    start: '2026-01-10T10:00:30Z',
    functions: Array.from({ length: 300 }, (_, i) => active('TZ=UTC * * * * *', { id: `f${i}` })),
    limit: 5,
    async invoke() {
      most = Math.max(most, ++inside)
      await settle()
      inside--
    }
  })
  await world.clock.pass(30_000)
  while (world.runs.length < 300) await settle()
  t.equal(most, 5)
})

for (const code of ['QUEUE_FULL', 'QUEUE_TIMEOUT'] satisfies ErrorCode[]) {
  t.test(`${code} is tried again within the minute`, async t => {
    let busy = 3
    const world = await schedulerWorld(t, {
      start: '2026-01-10T10:00:59Z',
      functions: [active('TZ=UTC 1 * * * *')],
      invoke: async () => {
        if (busy-- > 0) throw new MoonletError(code, 'busy')
      }
    })
    await world.clock.pass(10_000)
    t.same(
      world.times(),
      ['10:01:00Z', '10:01:00.500Z', '10:01:01Z', '10:01:01.500Z'].map(time => `2026-01-10T${time}`)
    )
    t.same(world.failures, [])
  })
}

t.test('a run that found no sandbox within its minute is in the history as failed', async t => {
  const world = await schedulerWorld(t, {
    start: '2026-01-10T10:00:59Z',
    functions: [active('TZ=UTC 1 * * * *')],
    invoke: async () => {
      throw new MoonletError('QUEUE_FULL', 'busy')
    }
  })
  await world.clock.pass(2 * MINUTE)
  t.equal(world.failures.length, 1)
  t.match(world.failures[0], {
    status: 'error',
    trigger: 'cron',
    fault: { kind: 'refused', message: /no sandbox was free in time for 2026-01-10T10:01:00Z/ }
  })
})

t.test('missed ticks are not made up for, but the history says so, once', async t => {
  const { runs, failures } = await schedulerWorld(t, {
    start: '2026-01-10T10:00:30Z',
    functions: [active('TZ=UTC * * * * *')],
    lastCronRun: Date.parse('2026-01-09T10:00:00Z') / 1000
  })
  await settle()
  t.same(runs, [])
  t.equal(failures.length, 1)
  t.match(failures[0], {
    trigger: 'cron',
    status: 'error',
    fault: {
      kind: 'skipped',
      message: /^Missed: .* from 2026-01-09T10:01:00Z, .* until 2026-01-10T10:00:30Z/
    }
  })
})

t.test('minutes that a clock set forward jumped over are made up for once, or told of', async t => {
  const asks = active('TZ=UTC 30 * * * *', { id: 'asks', cronCatchUp: true })
  const asksNot = active('TZ=UTC 31 * * * *', { id: 'asks-not' })
  const { clock, runs, failures } = await schedulerWorld(t, {
    start: '2026-01-10T10:00:30Z',
    functions: [asks, asksNot],
    lastCronRun: Date.parse('2026-01-10T10:00:00Z') / 1000
  })
  clock.set(Date.parse('2026-01-11T09:45:10Z'))
  await clock.pass(MINUTE)
  t.same(
    runs.map(({ id, request }) => [id, request.event.headers['X-Cron-Scheduled-Time']]),
    [['asks', String(Date.parse('2026-01-10T10:30:00Z') / 1000)]]
  )
  t.match(failures, [{ functionId: 'asks-not', fault: { kind: 'skipped', message: /^Missed/ } }])
})

t.test('what was missed is made up for oldest first', async t => {
  const functions = [10, 5, 20].map(minute =>
    active(`TZ=UTC ${minute} * * * *`, { id: `f${minute}`, cronCatchUp: true })
  )
  const { runs } = await schedulerWorld(t, {
    start: '2026-01-10T10:40:30Z',
    functions,
    lastCronRun: Date.parse('2026-01-10T10:00:00Z') / 1000
  })
  await settle()
  t.same(
    runs.map(({ id }) => id),
    ['f5', 'f10', 'f20']
  )
})

t.test('a function that has its jobs tried again runs by its schedule as a job', async t => {
  const fn = active('TZ=UTC * * * * *', { frontDoor: { retry: defaultRetry } })
  const { clock, runs, enqueued } = await schedulerWorld(t, {
    start: '2026-01-10T10:00:30Z',
    functions: [fn],
    lastCronRun: Date.parse('2026-01-10T10:00:00Z') / 1000
  })
  await clock.pass(MINUTE)
  t.same(runs, [])
  t.match(enqueued, [
    {
      functionId: fn.id,
      trigger: 'cron',
      isScheduled: true,
      event: { headers: { 'X-Trigger': 'cron' } }
    }
  ])
})

t.test(
  'a tick that finds the job of the one before unfinished is skipped, and told of',
  async t => {
    const fn = active('TZ=UTC * * * * *', { frontDoor: { retry: defaultRetry } })
    const createdAt = Date.parse('2026-01-10T09:58:00Z')
    const { clock, enqueued, failures } = await schedulerWorld(t, {
      start: '2026-01-10T10:00:30Z',
      functions: [fn],
      lastCronRun: Date.parse('2026-01-10T10:00:00Z') / 1000,
      unfinished: { id: 'j0', createdAt } as JobRecord
    })
    await clock.pass(MINUTE)
    t.same(enqueued, [])
    t.match(failures, [
      {
        fault: {
          kind: 'skipped',
          message: /^Skipped: the run that was due at 2026-01-10T09:58:00Z was still going/
        }
      }
    ])
  }
)

t.test('a function that asks for it makes up for missed ticks with one run at start', async t => {
  const fn = active('TZ=UTC 0 * * * *', { cronCatchUp: true })
  const world = await schedulerWorld(t, {
    start: '2026-01-10T10:00:30Z',
    functions: [fn],
    lastCronRun: Date.parse('2026-01-10T06:00:01Z') / 1000
  })
  await settle()
  t.same(world.times(), ['2026-01-10T10:00:30Z'])
  t.equal(
    world.runs[0]?.request.event.headers['X-Cron-Scheduled-Time'],
    String(Date.parse('2026-01-10T07:00:00Z') / 1000)
  )
})

t.test('catching up does nothing when no tick was missed', async t => {
  const fn = active('TZ=UTC 0 * * * *', { cronCatchUp: true })
  const ran = await schedulerWorld(t, {
    start: '2026-01-10T10:00:30Z',
    functions: [fn],
    lastCronRun: Date.parse('2026-01-10T10:00:00Z') / 1000
  })
  const changed = await schedulerWorld(t, {
    start: '2026-01-10T10:00:30Z',
    functions: [{ ...fn, updatedAt: Date.parse('2026-01-10T10:00:10Z') / 1000 }]
  })
  await settle()
  t.same([ran.runs, changed.runs], [[], []])
})

t.test(
  'a schedule that cannot be read does not keep the functions behind it from catching up',
  async t => {
    const unreadable = active('@hourly', { id: 'f1', cronCatchUp: true })
    const behind = active('TZ=UTC 0 * * * *', { id: 'f2', cronCatchUp: true })
    const world = await schedulerWorld(t, {
      start: '2026-01-10T10:00:30Z',
      functions: [unreadable, behind],
      lastCronRun: Date.parse('2026-01-10T06:00:01Z') / 1000
    })
    await settle()
    t.same(
      world.runs.map(run => run.id),
      ['f2']
    )
  }
)

t.test('after stopping nothing fires', async t => {
  const world = await schedulerWorld(t, {
    start: '2026-01-10T10:00:30Z',
    functions: [active('TZ=UTC * * * * *')]
  })
  world.stop()
  await world.clock.pass(5 * MINUTE)
  t.same(world.runs, [])
})
