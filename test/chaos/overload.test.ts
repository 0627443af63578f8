import t from 'tap'
import { overload } from './faults/overload.js'

t.test(
  'offered more than it can serve, the server answers what it can and refuses the rest with 503',
  async t => {
    t.ok(await overload({ connections: 400, calls: 500 }))
  }
)
