/** Three servers on one PostgreSQL under load. `npm run chaos:cluster` does the same for longer, and asks how fast. */
import t, { type Test } from 'tap'
import { missingPostgres } from '../helpers/postgres.js'
import type { FaultName } from './cluster/faults.js'
import { runFaults } from './cluster/run-faults.js'
import { runSchedules } from './cluster/schedules.js'

const LAST_MS = 500

const run = (t: Test, names: readonly FaultName[]) =>
  runFaults({
    names,
    lastMs: LAST_MS,
    onFault: text => {
      t.comment(text)
    }
  })

const missing = missingPostgres()
if (missing !== undefined) t.plan(0, missing)
else {
  // The schedules mostly wait for their minute; the others happen one by one meanwhile.
  t.jobs = 2

  t.test('each minute of a schedule has one execution, whoever is killed', async t => {
    t.comment(await runSchedules({ schedules: 10, minutes: 1 }))
    t.pass('all held')
  })

  t.test(
    'nothing acknowledged is lost when a server, the database or its connections go, and all serve again',
    async t => {
      t.comment(
        await run(t, [
          'killNode',
          'cutNode',
          'restartDatabase',
          'killDatabase',
          'loseNotifications',
          'exhaustConnections'
        ])
      )
      t.pass('all held')
    }
  )

  t.test('nothing acknowledged is lost when a synchronous replica takes over', async t => {
    t.comment(await run(t, ['failOver']))
    t.pass('all held')
  })
}
