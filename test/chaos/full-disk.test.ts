import t from 'tap'
import { fullDisk } from './faults/full-disk.js'

t.test('a full disk fails calls, not the server', async t => {
  t.ok(await fullDisk({ rounds: 2 }))
})
