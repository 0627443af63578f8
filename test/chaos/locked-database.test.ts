import t from 'tap'
import { lockedDatabase } from './faults/locked-database.js'

t.test('a database locked by another process is waited for', async t => {
  t.ok(await lockedDatabase({ holdsMs: [300, 1000] }))
})
