import t from 'tap'
import { killJobs } from './faults/kill-jobs.js'

t.test('a server killed under background calls brings every job to its end', async t => {
  t.ok(await killJobs({ rounds: 10, loadMs: 400 }))
})
