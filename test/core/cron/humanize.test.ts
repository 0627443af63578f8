import t from 'tap'
import { humanizeNextRun } from '../../../core/cron/humanize.js'

const NOW = 1_700_000_000_500

for (const [away, words] of [
  [-1, 'overdue'],
  [0.4, 'in less than a minute'],
  [59.9, 'in less than a minute'],
  [60, 'in 1 minute'],
  [119, 'in 1 minute'],
  [120, 'in 2 minutes'],
  [3599, 'in 59 minutes'],
  [3600, 'in 1 hour'],
  [7200, 'in 2 hours'],
  [86399, 'in 23 hours'],
  [86400, 'in 1 day'],
  [2 * 86400, 'in 2 days'],
  [400 * 86400, 'in 400 days']
] as const) {
  t.test(`${away} s from now is "${words}"`, async t => {
    t.equal(humanizeNextRun(NOW / 1000 + away, NOW), words)
  })
}
