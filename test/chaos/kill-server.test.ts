import t from 'tap'
import { killServer } from './faults/kill-server.js'

t.test('a server killed under load loses nothing that it acknowledged', async t => {
  t.ok(await killServer({ rounds: 3, loadMs: 500 }))
})
