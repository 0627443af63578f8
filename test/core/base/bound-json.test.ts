import t from 'tap'
import fc from 'fast-check'
import '../../helpers/fuzzing.js'
import { boundJson } from '../../../core/base/bound-json.js'
import { toRecordJson } from '../../../core/lua/request-record.js'

t.test('a value that is small enough stays the same', async t => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), value => {
      const { value: kept, isCut } = boundJson(value, 1_000_000)
      t.same(kept, value)
      if (isCut) t.fail('cut')
    }),
    { numRuns: 200 }
  )
})

t.test('what is too large is cut, wherever it is large', async t => {
  const size = 1_000_000
  const values = {
    text: 'x'.repeat(size),
    list: Array.from({ length: size }, () => 1),
    'list of texts': Array.from({ length: 1000 }, () => 'x'.repeat(1000)),
    names: Object.fromEntries(Array.from({ length: size / 10 }, (_, i) => [`name ${i}`, i])),
    'a long name': { ['x'.repeat(size)]: 1 },
    messages: { model: 'm', messages: [{ role: 'user', content: 'x'.repeat(size) }] }
  }
  for (const [name, value] of Object.entries(values)) {
    const { value: kept, isCut } = boundJson(value, 10_000)
    t.ok(isCut, name)
    t.ok(JSON.stringify(kept).length < 20_000, name)
  }
})

t.test('depth is bounded without recursion beyond it', async t => {
  let deep: unknown = 'x'
  for (let i = 0; i < 100_000; i++) deep = [deep]
  t.match(boundJson(deep, 1_000_000), { isCut: true })
})

t.test('a record says that it is cut, and what it keeps is masked', async t => {
  const record = JSON.parse(
    toRecordJson({ model: 'm', api_key: 'geheim', text: 'x'.repeat(8_000_000) })
  )
  t.match(record, { model: 'm', api_key: '[REDACTED]', text: /^x+…$/, truncated: true })
  t.notOk('truncated' in JSON.parse(toRecordJson({ model: 'm' })))
})
