import t from 'tap'
import { limits as server } from '../../core/validation/limits.js'
import { byteLength, isTooLong, limits } from '../../public/api/limits.js'

t.test('the pages know the limits of the server', async t => {
  t.same(limits, {
    name: server.nameBytes,
    description: server.descriptionBytes,
    code: server.codeBytes,
    variable: server.envValueBytes,
    variableName: server.envKeyBytes
  })
})
t.test('lengths are bytes, not characters', async t => {
  t.equal(byteLength('é€😀'), 9)
  t.equal(isTooLong('é'.repeat(50), 100), false)
  t.equal(isTooLong('é'.repeat(51), 100), true)
  t.equal(isTooLong('€'.repeat(33), 100), false)
})
