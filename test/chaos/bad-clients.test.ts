import t from 'tap'
import { badClients } from './faults/bad-clients.js'

t.test('slow, broken and idle clients keep nobody out', async t => {
  t.ok(await badClients({ connections: 50 }))
})
