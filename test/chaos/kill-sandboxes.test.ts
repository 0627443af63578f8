import t from 'tap'
import { killSandboxes } from './faults/kill-sandboxes.js'

t.test('sandboxes killed under load cost their own run at most', async t => {
  t.ok(await killSandboxes({ kills: 15 }))
})
