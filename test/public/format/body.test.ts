import t from 'tap'
import { decodeText, fromBase64, fromHex, kindOf, toHex } from '../../../public/format/body.js'
import { packJson, prettyJson } from '../../../public/format/json-layout.js'

const bytes = (text: string) => new TextEncoder().encode(text)

t.test('what the bytes are decides how they are shown', async t => {
  t.equal(kindOf('', bytes('')), 'empty')
  t.equal(kindOf('text/plain', bytes('{"a":1}')), 'json')
  t.equal(kindOf('application/json', bytes('not json')), 'text')
  t.equal(kindOf('text/html; charset=utf-8', bytes('<p>')), 'html')
  t.equal(kindOf('image/png', Uint8Array.of(137)), 'image')
  t.equal(kindOf('text/plain', Uint8Array.of(0, 255)), 'binary')
})
t.test('bytes that are no UTF-8, or control characters, are no text', async t => {
  t.equal(decodeText(Uint8Array.of(0xff)), undefined)
  t.equal(decodeText(Uint8Array.of(7)), undefined)
  t.equal(decodeText(bytes('tab\tand\nline, é')), 'tab\tand\nline, é')
})
t.test('hex is shown in rows with offsets and characters', async t => {
  t.equal(
    toHex(bytes('Moonlet')),
    '000000  4d 6f 6f 6e 6c 65 74                             Moonlet'
  )
  t.equal(toHex(new Uint8Array(40), 17).split('\n').length, 2)
})
t.test('hex that is typed becomes bytes, and anything else nothing', async t => {
  t.same(fromHex('00 ff\n0A'), Uint8Array.of(0, 255, 10))
  t.equal(fromHex('0'), undefined)
  t.equal(fromHex('zz'), undefined)
})
t.test('JSON is laid out, and what is no JSON is left to others', async t => {
  t.equal(prettyJson('{"a":[1]}'), '{\n  "a": [\n    1\n  ]\n}')
  t.equal(prettyJson('{'), undefined)
})
t.test('base64 becomes bytes', async t => {
  t.same(fromBase64('AP8='), Uint8Array.of(0, 255))
})

t.test('laying JSON out and packing it change no value', async t => {
  const text =
    '{"id":12345678901234567890,"id":1.0,"e":1e400,"t":"a\\u00e9 \\"{,:}\\"","o":{},"l":[ ],"n":[1,{"a":null}]}'
  const pretty = prettyJson(text)!
  t.equal(
    pretty,
    [
      '{',
      '  "id": 12345678901234567890,',
      '  "id": 1.0,',
      '  "e": 1e400,',
      '  "t": "a\\u00e9 \\"{,:}\\"",',
      '  "o": {},',
      '  "l": [],',
      '  "n": [',
      '    1,',
      '    {',
      '      "a": null',
      '    }',
      '  ]',
      '}'
    ].join('\n')
  )
  t.equal(packJson(pretty), text.replace('[ ]', '[]'))
  t.equal(prettyJson(' "text" '), '"text"')
  t.throws(() => packJson('{'), SyntaxError)
})
