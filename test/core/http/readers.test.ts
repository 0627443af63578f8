import t from 'tap'
import { Type } from 'typebox'
import { BYTES, createBodyReader } from '../../../core/http/body-reader.js'
import { createQueryReader } from '../../../core/http/query-reader.js'
import { PageQuery } from '../../../core/http/pagination.js'

const Body = Type.Object({
  name: Type.Optional(Type.String()),
  days: Type.Optional(Type.Integer()),
  inner: Type.Optional(Type.Object({ text: Type.Optional(Type.String()) }))
})
const read = (text: string) => createBodyReader(Body)(Buffer.from(text))
const page = (query: Record<string, string | string[]>) =>
  createQueryReader(Type.Object(PageQuery))(query)

t.test('a body gives its declared fields as they are', async t => {
  t.same(read('{"name":" x ","days":7}'), { value: { name: ' x ', days: 7 } })
})

t.test('null is as good as absent, inside declared objects too', async t => {
  t.same(read('{"name":null,"inner":{"text":null}}'), { value: { inner: {} } })
})

t.test('unknown fields are no reason to refuse, whatever they hold', async t => {
  t.match(read('{"name":"x","colour":null,"__proto__":{"name":5}}'), { value: { name: 'x' } })
})

t.test('wrong types are refused, never converted', async t => {
  for (const text of [
    '{"name":5}',
    '{"name":["x"]}',
    '{"days":"7"}',
    '{"days":7.5}',
    '{"days":true}',
    '{"inner":[]}',
    '{"inner":{"text":1}}',
    '[]',
    '"x"',
    '5',
    'null',
    '',
    '{'
  ]) {
    t.match(read(text), { error: { message: 'Invalid request body', statusCode: 400 } }, text)
  }
})

t.test('a missing body is refused', async t => {
  t.match(createBodyReader(Body)(undefined), { error: { statusCode: 400 } })
})

t.test('a body declared as bytes is passed on, and no body is no bytes', async t => {
  const reader = createBodyReader(Type.Unsafe<Uint8Array>({ contentMediaType: BYTES }))
  t.same(reader(Buffer.from('{')), { value: Buffer.from('{') })
  t.same(reader(undefined), { value: new Uint8Array(0) })
})

t.test('a page is 20 rows from the first unless asked otherwise', async t => {
  t.same(page({}), { value: { limit: 20, offset: 0 } })
  t.same(page({ limit: '7', offset: '3' }), { value: { limit: 7, offset: 3 } })
})

t.test('a limit above 100 is 100, one that makes no sense is 20', async t => {
  for (const limit of ['101', '5000', '99999999999999999999', '9'.repeat(400)]) {
    t.same(page({ limit }), { value: { limit: 100, offset: 0 } }, limit)
  }
  for (const limit of ['0', '-1', 'x', '', '1.5', '1e1', ' 5', '0x10', 'NaN', 'Infinity']) {
    t.same(page({ limit }), { value: { limit: 20, offset: 0 } }, limit)
  }
})

t.test('an offset that is no whole number from 0 is 0', async t => {
  for (const offset of ['-1', 'x', '', '1.5', '1e3']) {
    t.same(page({ offset }), { value: { limit: 20, offset: 0 } }, offset)
  }
})

t.test('the first of repeated parameters counts', async t => {
  t.same(page({ limit: ['3', '9'] }), { value: { limit: 3, offset: 0 } })
})

t.test('a parameter without a default names itself when it is refused', async t => {
  const reader = createQueryReader(
    Type.Object({
      status: Type.Optional(Type.Enum(['success', 'error'])),
      from: Type.Optional(Type.Integer({ minimum: 0 })),
      deep: Type.Optional(Type.Boolean()),
      text: Type.Optional(Type.String({ maxLength: 3 }))
    })
  )
  t.match(reader({ status: 'odd' }), {
    error: { message: 'status: status must be one of: [success error]', statusCode: 400 }
  })
  t.match(reader({ from: '-1' }), {
    error: { message: 'from: from must be a whole number from 0' }
  })
  t.match(reader({ deep: 'yes' }), { error: { message: 'deep: deep must be true or false' } })
  t.match(reader({ text: 'long' }), {
    error: { message: 'text: text cannot be longer than 3 characters' }
  })
  t.same(reader({ status: '', from: '5', deep: 'true', text: '', other: 'x' }), {
    value: { from: 5, deep: true, text: '' }
  })
})
