import t from 'tap'
import { startLua } from './support/lua-checks.js'

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1')

const show = `function handler(ctx, event)
  local form, err = event:form()
  if not form then return { body = tostring(form) .. " " .. err } end
  return { body = json.encode({ fields = form.fields, all = form.fieldsAll, files = form.files }) }
end`

const multipart = (parts: readonly string[]): string =>
  parts.map(part => `--XX\r\n${part}\r\n`).join('') + '--XX--\r\n'

t.test('a form that a browser sends urlencoded is read', async t => {
  const { body } = await startLua(t)
  const form = (text: string, type = 'application/x-www-form-urlencoded; charset=UTF-8') =>
    body(show, { event: { method: 'POST', headers: { 'Content-Type': type }, body: bytes(text) } })
  t.same(JSON.parse(await form('name=Ada+L%C3%B6w&tag=a&tag=b&empty=&bare&x=%zz')), {
    fields: { name: 'Ada Löw', tag: 'a', empty: '', bare: '', x: '%zz' },
    all: { name: ['Ada Löw'], tag: ['a', 'b'], empty: [''], bare: [''], x: ['%zz'] },
    files: {}
  })
  t.match(await form('a=1', 'Application/X-WWW-Form-Urlencoded'), '"a":"1"')
  t.match(await form('__proto__=1'), '"__proto__":"1"')
  t.match(await form('a=1', 'text/plain'), /^nil the body is no form/)
  t.match(await form('a=1&'.repeat(1001)), /^nil the form has more than 1000 fields/)
  t.match(
    await form(`a=${'x'.repeat(1024 * 1024 + 1)}`),
    /^nil a field of the form has 1048577 bytes/
  )
})

t.test('fields and files of a multipart form are read, their bytes untouched', async t => {
  const { body } = await startLua(t)
  const all = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join('')
  const code = `function handler(ctx, event)
    local form = assert(event:form())
    local file = form.files[1]
    return { body = table.concat({ #form.files, form.fields.title, file.name, file.filename, file.type,
      crypto.sha256(file.body), #file.body }, "|") }
  end`
  const text = multipart([
    'Content-Disposition: form-data; name="title"\r\n\r\nA pi\xc3\xa8ce',
    `Content-Disposition: form-data; name="photo"; filename="\xc3\xa9.png"\r\nContent-Type: image/png\r\n\r\n${all}`,
    'Content-Disposition: form-data; name="none"; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n'
  ])
  for (const type of ['multipart/form-data; boundary=XX', 'multipart/form-data; boundary="XX"']) {
    t.equal(
      await body(code, {
        event: { method: 'POST', headers: { 'Content-Type': type }, body: bytes(text) }
      }),
      '1|A pièce|photo|é.png|image/png|40aff2e9d2d8922e47afd4648e6967497158785fbd1da870e7110266bf944880|256'
    )
  }
})

t.test('a multipart form that is broken or beyond the limits gives nil and a message', async t => {
  const { body } = await startLua(t)
  const part = 'Content-Disposition: form-data; name="a"\r\n\r\n1'
  const form = (text: string, type = 'multipart/form-data; boundary=XX') =>
    body(show, { event: { method: 'POST', headers: { 'Content-Type': type }, body: bytes(text) } })
  const whole = multipart([part])
  for (let length = 0; length < whole.length - 6; length += 5) {
    t.match(await form(whole.slice(0, length)), /^nil the form cannot be read/, `cut at ${length}`)
  }
  t.match(await form(whole, 'multipart/form-data'), /^nil .*no boundary/)
  t.match(await form(multipart(['X: y\r\n\r\n1'])), /^nil a part of the form has no name/)
  t.match(
    await form(multipart([`X: ${'y'.repeat(9000)}\r\n${part}`])),
    /^nil the form cannot be read/
  )
  t.match(await form(multipart(new Array(1001).fill(part) as string[])), /^nil the form /)
  t.match(
    await form(
      multipart([`Content-Disposition: form-data; name="a"\r\n\r\n${'x'.repeat(1024 * 1024 + 1)}`])
    ),
    /^nil a field of the form has 1048577 bytes/
  )
  t.match(
    await form(multipart(['Content-Disposition: form-data; name="\xff"\r\n\r\n1'])),
    /^nil the form cannot be read/
  )
})

t.test('the body is read as JSON', async t => {
  const { body } = await startLua(t)
  const code = `function handler(ctx, event)
    local value, err = event:json()
    return { body = json.encode({ value = value, err = err }) }
  end`
  const read = (text: string) => body(code, { event: { method: 'POST', body: bytes(text) } })
  t.equal(await read('{"a":[1,2]}'), '{"value":{"a":[1,2]}}')
  t.match(await read('{'), /"err":"not JSON/)
  t.equal(await read(''), '{"err":"not JSON: the body is empty"}')
  t.equal(
    await body(
      'function handler(_, event) return { body = tostring(event:json({ null = true }).a == json.null) } end',
      { event: { method: 'POST', body: bytes('{"a":null}') } }
    ),
    'true'
  )
})

t.test('cookies are read by name and decoded', async t => {
  const { body } = await startLua(t)
  const code = 'function handler(_, event) return { body = json.encode(event:cookies()) } end'
  const read = (Cookie?: string) =>
    body(code, { event: { headers: Cookie === undefined ? {} : { Cookie } } })
  t.equal(
    await read('a=1; b="two"; c=x%20y%3B; a=2; bad; =x; d=%zz;e=a=b'),
    '{"a":"1","b":"two","c":"x y;","d":"%zz","e":"a=b"}'
  )
  t.equal(await read(), '{}')
})

t.test('a method that is called in another way says how', async t => {
  const { body } = await startLua(t)
  for (const [call, want] of [
    ['event.form()', /bad argument .* to 'form' \(call it as event:form\(\)\)/],
    ['event:json(5)', /bad argument #1 to 'json' \(table expected, got number\)/],
    ['(function() event.body = {}; return event:json() end)()', /event\.body is no longer a string/]
  ] as const) {
    t.match(await body(`function handler(_, event) return { body = ${call} } end`), want)
  }
})
