import t from 'tap'
import { contentTypeOf } from '../../../../plugins/triggers/http/content-type.js'
import { buildApi } from '../../../helpers/api.js'

const JSON_TYPE = 'application/json'
const TEXT = 'text/plain; charset=utf-8'
const BYTES = 'application/octet-stream'

t.test('an answer without a type is JSON when its body is, else text or bytes', async t => {
  const cases: Array<[body: string | Buffer, type: string]> = [
    ['', JSON_TYPE],
    ['{}', JSON_TYPE],
    [' [1, "ä"]\n', JSON_TYPE],
    ['{"a":{"b":[null]}}', JSON_TYPE],
    ['"text"', JSON_TYPE],
    ['12', JSON_TYPE],
    ['-1.5e3', JSON_TYPE],
    ['true', JSON_TYPE],
    ['null\n', JSON_TYPE],
    ['hello', TEXT],
    ['Olá ☃', TEXT],
    ['{not json}', TEXT],
    ['[info] started]', TEXT],
    ['"a" and "b"', TEXT],
    ['"', TEXT],
    ['01', TEXT],
    ['truely', TEXT],
    ['1 2', TEXT],
    ['NaN', TEXT],
    ['  ', TEXT],
    ['<p>hi</p>', TEXT],
    [Buffer.from([0xff, 0xfe, 0]), BYTES],
    [Buffer.from([0x7b, 0xff, 0x7d]), BYTES]
  ]
  for (const [body, type] of cases) {
    t.equal(contentTypeOf(Buffer.from(body)), type, JSON.stringify(String(body)))
  }
  t.equal(contentTypeOf(Buffer.from(`[${'1,'.repeat(100_000)}1]`)), JSON_TYPE)
  t.equal(contentTypeOf(Buffer.from('word '.repeat(100_000))), TEXT)
})

t.test('what the handler sets stays as it is, and callers get the type', async t => {
  const { create, callOpen } = await buildApi(t)
  const typeOf = async (answer: string) =>
    (
      await callOpen(
        'GET',
        `/fn/${await create({ code: `function handler() return ${answer} end` })}`
      )
    ).headers['content-type']
  t.equal(await typeOf('{ body = "hello" }'), TEXT)
  t.equal(await typeOf('{ body = json.encode({ a = 1 }) }'), JSON_TYPE)
  t.equal(
    await typeOf('{ body = "{}", headers = { ["content-TYPE"] = "text/html" } }'),
    'text/html'
  )
  t.equal(await typeOf('{ body = "/wA=", isBase64Encoded = true }'), BYTES)
  t.equal(await typeOf('{ }'), JSON_TYPE)
})
