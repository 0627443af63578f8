import t from 'tap'
import { randomBytes } from 'node:crypto'
import { zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import '../../../helpers/fuzzing.js'
import { randomText } from '../../../contracts/storage-fixtures.js'
import { packText, unpackText } from '../../../../plugins/storage/executions/packed-text.js'

const MIB = 1024 ** 2

t.test('a text that repeats itself is packed, and comes back as it was', async t => {
  const part = fc.string({ unit: 'grapheme', minLength: 30, maxLength: 200 })
  fc.assert(
    fc.property(part, fc.integer({ min: 16 * 1024, max: 200_000 }), (repeated, length) => {
      const text = repeated.repeat(Math.ceil(length / repeated.length)).slice(0, length)
      const packed = packText(text)
      if (packed === undefined) {
        t.fail(`${JSON.stringify(repeated)} was not packed`)
        return
      }
      if (packed.length > text.length / 10) t.fail(`${packed.length} bytes`)
      // A character that was cut in half becomes U+FFFD, as in every text of the database.
      if (unpackText(packed, 'it') !== text.toWellFormed()) t.fail('another text')
    }),
    { numRuns: 50 }
  )
  for (const [name, text] of [
    ['words', 'It is told that, in the beginning, ◯ was told. '.repeat(4000)],
    ['more than the memory that is kept', '{"a":[1,2,3],"b":"ü"},'.repeat(100_000)],
    ['U+0000', '\0'.repeat(20_000)],
    ['the longest', 'x'.repeat(8 * MIB)]
  ] as const) {
    t.equal(unpackText(packText(text) ?? Buffer.alloc(0), name), text, name)
  }
})

t.test('what is short, too long or does not shrink much stays a text', async t => {
  for (const [name, text] of [
    ['short', 'x'.repeat(16 * 1024 - 1)],
    ['hexadecimal digits', randomText(100_000)],
    ['base64', randomBytes(60_000).toString('base64')],
    ['longer than what is read', 'x'.repeat(8 * MIB + 1)],
    ['longer in bytes', 'ü'.repeat(5 * MIB)]
  ] as const) {
    t.equal(packText(text), undefined, name)
  }
})

t.test('what is packed holds its size, and one text does not change another', async t => {
  const first = packText('a'.repeat(70_000))
  const second = packText('b'.repeat(60_000))
  t.equal(unpackText(first ?? Buffer.alloc(0), 'it'), 'a'.repeat(70_000))
  t.equal(unpackText(second ?? Buffer.alloc(0), 'it'), 'b'.repeat(60_000))
  // A frame's header: magic number, then a descriptor, the upper bits of which say how long the size is.
  t.equal(first?.readUInt32LE(0), 0xfd2fb528)
  t.not((first?.[4] ?? 0) >> 5, 0)
})

t.test('a damaged frame, or one that would fill memory, is refused with a reason', async t => {
  const whole = zstdCompressSync('x'.repeat(100_000))
  for (const [name, bytes] of [
    ['nothing', Buffer.alloc(0)],
    ['a text', Buffer.from('{"method":"GET"}')],
    ['a part', whole.subarray(0, whole.length - 3)],
    ['a bomb', zstdCompressSync(Buffer.alloc(64 * MIB))]
  ] as const) {
    t.throws(
      () => unpackText(bytes, 'the execution abc'),
      { code: 'STORAGE_FAILED', message: /the execution abc is damaged/ },
      name
    )
  }
})
