/**
 * Schedules of each minute on three servers, one of which is killed in each minute and started again: each minute of
 * each schedule has one execution.
 */
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { createClient } from '../client.js'
import { inCluster, type Cluster } from './cluster.js'
import { createFunctions, startClusterLoad, checkReport } from './load.js'
import { until } from '../server.js'

const MINUTE = 60_000
const TICK = 'function handler() kv.increment("ticks", 1); return { statusCode = 200 } end'

export interface ScheduleOptions {
  readonly schedules: number
  readonly minutes: number
  readonly onStep?: (text: string) => void
}

export function runSchedules({
  schedules,
  minutes,
  onStep = () => {}
}: ScheduleOptions): Promise<string> {
  return inCluster({ settings: { QUEUE_LIMIT: '500' } }, async cluster => {
    const functions = await createFunctions(cluster)
    await createSchedules(cluster, schedules)
    const first = Math.floor((Date.now() + 15_000) / MINUTE) + 1
    await pause(first * MINUTE - 5_000 - Date.now())
    const load = startClusterLoad(cluster, functions)
    for (let minute = 0; minute < minutes; minute++) {
      // From just before the minute to late in it, so that all moments of a run are met.
      const at =
        (first + minute) * MINUTE + [20, 5, -20, 120, 400, 1_000, 4_000, 15_000][minute % 8]!
      await pause(Math.max(0, at - Date.now()))
      const node = cluster.nodes[minute % cluster.nodes.length]!
      await node.server.end('SIGKILL')
      onStep(`minute ${minute}: killed node ${minute % cluster.nodes.length}`)
      await pause(3_000)
      await node.restart()
    }
    const last = first + minutes - 1
    await until('the last minute is recorded', () => isRecorded(cluster, last, schedules))
    const report = await load.stop()
    const what = await checkTicks(cluster, first, last, schedules)
    onStep(what)
    return `${what}; ${await checkReport(cluster, functions, report)}`
  })
}

async function createSchedules({ base }: Cluster, count: number): Promise<void> {
  const client = createClient(4)
  try {
    const fields = { name: 'tick', code: TICK, cron_schedule: '* * * * *', cron_status: 'active' }
    for (let i = 0; i < count; i++) {
      const { status, body } = await client.call(
        `${base()}/api/functions`,
        'POST',
        JSON.stringify({ name: fields.name, code: fields.code })
      )
      assert.equal(status, 200, body)
      const { id } = JSON.parse(body) as { id: string }
      const change = JSON.stringify({
        cron_schedule: fields.cron_schedule,
        cron_status: fields.cron_status
      })
      assert.equal((await client.call(`${base()}/api/functions/${id}`, 'PUT', change)).status, 200)
    }
  } finally {
    await client.close()
  }
}

const TICKS = `select function, (event_json::json->'headers'->>'X-Cron-Scheduled-Time')::bigint / 60 as minute, status
  from executions where trigger = 'cron'`

async function isRecorded({ rows }: Cluster, minute: number, schedules: number): Promise<boolean> {
  const [row] = await rows(
    `select count(distinct function) as n from (${TICKS}) ticks where minute = ${minute} and status <> 0`
  )
  return Number(row?.['n']) === schedules
}

async function checkTicks(
  { rows }: Cluster,
  first: number,
  last: number,
  schedules: number
): Promise<string> {
  const ticks = await rows(
    `select function, minute, count(*) as n from (${TICKS}) ticks where minute between ${first} and ${last} group by 1, 2`
  )
  const twice = ticks.filter(({ n }) => Number(n) !== 1)
  assert.deepEqual(twice, [], 'no minute has two executions')
  assert.equal(ticks.length, schedules * (last - first + 1), 'no minute is missing')
  const [ended] = await rows(
    `select count(*) as n from (${TICKS}) ticks where minute between ${first} and ${last} and status = 2`
  )
  return `${ticks.length} minutes of ${schedules} schedules, one execution each, ${Number(ended?.['n'])} of them interrupted`
}
