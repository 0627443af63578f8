import t from 'tap'
import { canMakeReadOnly, readOnlyFolder } from './faults/read-only-folder.js'

t.test(
  'a folder that cannot be written is told of at start',
  { skip: canMakeReadOnly() ? false : 'no mount namespace here' },
  async t => {
    t.ok(await readOnlyFolder())
  }
)
