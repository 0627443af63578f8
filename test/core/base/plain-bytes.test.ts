import t from 'tap'
import { isPlainJsonText } from '../../../core/base/plain-bytes.js'

const LENGTHS = [0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 19, 20, 35, 64]
/** Where in a word of four bytes the text may begin. */
const OFFSETS = [0, 1, 2, 3]

const isPlain = (byte: number): boolean =>
  byte >= 0x20 && byte < 0x80 && byte !== 0x22 && byte !== 0x5c

t.test('a text of bytes that need no escape is plain, whatever its length and place', async t => {
  const memory = Buffer.alloc(128, 'x')
  for (const length of LENGTHS) {
    for (const offset of OFFSETS) {
      const found = isPlainJsonText(memory.subarray(offset, offset + length))
      t.equal(found, true, `${length} bytes from ${offset} on`)
    }
  }
})

t.test('each byte that does is found in each place, and none outside of the text', async t => {
  const wrong: string[] = []
  for (const offset of OFFSETS) {
    for (const length of LENGTHS) {
      const memory = Buffer.alloc(128, '\0')
      const text = memory.subarray(offset, offset + length).fill('x')
      for (let at = 0; at < length; at++) {
        for (let byte = 0; byte < 256; byte++) {
          text[at] = byte
          if (isPlainJsonText(text) !== isPlain(byte)) wrong.push(`${byte} at ${at} of ${length}`)
        }
        text[at] = 0x78
      }
    }
  }
  t.same(wrong, [])
})

t.test('it is what JSON makes of the text as well', async t => {
  for (let first = 0; first < 128; first++) {
    for (let second = 0; second < 128; second++) {
      const text = 'some text in between'.repeat(3) + String.fromCharCode(first, second)
      if (isPlainJsonText(Buffer.from(text)) !== (JSON.stringify(text) === `"${text}"`)) {
        t.fail(`${first} and ${second}`)
      }
    }
  }
})
