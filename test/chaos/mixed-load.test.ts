import t from 'tap'
import { mixedLoad } from './faults/mixed-load.js'

t.test('functions of every kind, kills, timeouts and callers that hang up go together', async t => {
  t.ok(await mixedLoad({ ms: 8000 }))
})
