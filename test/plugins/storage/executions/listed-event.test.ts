import t from 'tap'
import fc from 'fast-check'
import '../../../helpers/fuzzing.js'
import {
  fitsRow,
  ROW_TEXT_BYTES,
  toListedEvent
} from '../../../../plugins/storage/executions/listed-event.js'

t.test(
  'whatever an event holds, a list shows valid JSON of at most 4 KiB that says it is cut',
  async t => {
    const text = fc.string({ unit: 'binary', maxLength: 3000 })
    const fields = fc.dictionary(fc.string({ unit: 'binary', maxLength: 300 }), text)
    const events = fc.record({
      method: text,
      path: text,
      relativePath: text,
      headers: fields,
      body: text,
      query: fields
    })
    fc.assert(
      fc.property(events, fc.nat(), (event, bodySize) => {
        const listed = toListedEvent(
          JSON.stringify({ ...event, truncated: true, bodySize, bodySha256: 'f'.repeat(64) })
        )
        if (Buffer.byteLength(listed) > ROW_TEXT_BYTES) t.fail(`${Buffer.byteLength(listed)} bytes`)
        const cut = JSON.parse(listed)
        if (!event.body.startsWith(cut.body)) t.fail('another body')
        t.match(cut, { truncated: true, bodySize, bodySha256: 'f'.repeat(64) })
      }),
      { numRuns: 200 }
    )
  }
)

t.test('what is no event becomes an empty one that says it is cut', async t => {
  for (const json of ['', '[', 'null', '5', '[1]', '{"headers":5,"query":"x","body":{}}']) {
    t.match(JSON.parse(toListedEvent(json)), { method: '', body: '', truncated: true }, json)
  }
})

t.test('of a long body the beginning is shown, whatever looks like its bounds', async t => {
  for (const unit of ['","query":{', '},"body":"', '\\', '"', '\\"', 'é\u{1f600}', '\u0000']) {
    const body = unit.repeat(9000)
    const headers = { body: '},"body":"', query: '","query":{' }
    const listed = JSON.parse(
      toListedEvent(
        JSON.stringify({
          method: 'POST',
          path: '/',
          relativePath: '/',
          headers,
          body,
          query: { a: unit }
        })
      )
    )
    t.ok(listed.body.length > 100 && body.startsWith(listed.body), unit)
    t.same([listed.headers, listed.query], [headers, { a: unit }], unit)
  }
})

t.test('bytes count, not characters', async t => {
  t.ok(fitsRow('x'.repeat(4096)))
  t.notOk(fitsRow('x'.repeat(4097)))
  t.ok(fitsRow('ä'.repeat(2048)))
  t.notOk(fitsRow('ä'.repeat(2049)))
})
