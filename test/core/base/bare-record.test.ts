import t from 'tap'
import { BareRecord } from '../../../core/base/bare-record.js'

t.test('a bare record has the fields that it was given, whatever their names', async t => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'a']
  const record = new BareRecord<string>()
  for (const name of names) t.equal(record[name], undefined)
  for (const name of names) record[name] = `value of ${name}`
  t.strictSame(
    Object.entries(record),
    names.map(name => [name, `value of ${name}`])
  )
  const walked: string[] = []
  for (const name in record) walked.push(name)
  t.strictSame(walked, names)
  t.equal(new BareRecord<string>()['a'], undefined, 'and no other record has them')
})

t.test('what all bare records inherit from cannot be given fields', async t => {
  t.throws(() => {
    Object.assign(Object.getPrototypeOf(new BareRecord()) as object, { a: 1 })
  }, TypeError)
})
