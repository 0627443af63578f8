import t from 'tap'
import { beginningOf, toPieces } from '../../../public/format/long-pieces.js'

t.test('a long text is cut at line ends, and nothing of it is lost', async t => {
  const lines = Array.from({ length: 30_000 }, (_, i) => `line ${i}`).join('\n')
  const beginning = beginningOf(lines)
  t.ok(lines.startsWith(beginning) && beginning.endsWith('\n') && beginning.length <= 100_000)
  const pieces = toPieces(lines)
  t.equal(pieces.join(''), lines)
  t.ok(pieces.slice(0, -1).every(piece => piece.endsWith('\n')))
})
t.test('one line without an end is cut too, and a short text is not', async t => {
  const line = 'x'.repeat(250_000)
  t.equal(beginningOf(line).length, 100_000)
  t.equal(toPieces(line).join(''), line)
  t.equal(beginningOf('short\n'), 'short\n')
  t.same(toPieces(''), [])
})
