import { randomBytes } from 'node:crypto'
import t from 'tap'
import { toBodyText } from '../../../sandbox/child/body-text.js'

const PIECE = 64 * 1024

t.test(
  'a body is one text, and of a large one there are the pieces that it is made of',
  async t => {
    for (const size of [0, 1, PIECE, 2 * PIECE, 2 * PIECE + 1, 3 * PIECE, 700_001]) {
      const bytes = randomBytes(size)
      const { text, pieces } = toBodyText(bytes)
      t.ok(text === bytes.toString('latin1'), `${size} bytes`)
      t.equal(pieces !== undefined, size > 2 * PIECE)
      t.ok((pieces ?? [text]).join('') === text)
      t.ok(pieces?.every(({ length }) => length > 0 && length <= PIECE) ?? true)
    }
  }
)

t.test('a text is not changed by what is read next into the same memory', async t => {
  const bytes = randomBytes(300_000)
  const wanted = bytes.toString('latin1')
  const { text, pieces } = toBodyText(bytes)
  bytes.fill(0)
  t.ok(text === wanted)
  t.ok(pieces?.join('') === wanted)
})
