import fc from 'fast-check'
import '../../../helpers/fuzzing.js'
import t from 'tap'
import { diffVersions } from '../../../../plugins/routes/versions/version-diff.js'

/** `=1/1 text`, `-2 text`, `+2 text` */
const flat = (before: string, after: string) =>
  diffVersions(before, after).map(line =>
    line.line_type === 'unchanged'
      ? `=${line.old_line}/${line.new_line} ${line.content}`
      : line.line_type === 'removed'
        ? `-${line.old_line} ${line.content}`
        : `+${line.new_line} ${line.content}`
  )

t.test('equal texts are all unchanged lines', async t => {
  t.same(flat('a\nb\n', 'a\nb\n'), ['=1/1 a', '=2/2 b'])
})

t.test('a missing final newline makes no difference', async t => {
  t.same(flat('a\nb', 'a\nb\n'), ['=1/1 a', '=2/2 b'])
})

t.test('an added line has only a new number', async t => {
  t.same(diffVersions('a\n', 'a\nb\n')[1], { line_type: 'added', new_line: 2, content: 'b' })
})

t.test('a removed line has only an old number', async t => {
  t.same(diffVersions('a\nb\n', 'a\n')[1], { line_type: 'removed', old_line: 2, content: 'b' })
})

t.test('a changed block lists all removed lines before the added ones', async t => {
  t.same(flat('a\nb\nc\nd\n', 'a\nX\nY\nd\n'), ['=1/1 a', '-2 b', '-3 c', '+2 X', '+3 Y', '=4/4 d'])
})

t.test('two blocks with an unchanged line between stay apart', async t => {
  t.same(flat('a\nb\nc\n', 'X\nb\nY\n'), ['-1 a', '+1 X', '=2/2 b', '-3 c', '+3 Y'])
})

t.test('blank lines count, also at the end', async t => {
  t.same(flat('a\n\n\nb\n', 'a\n\nb\n\n'), ['=1/1 a', '=2/2 ', '-3 ', '=4/3 b', '+4 '])
})

t.test('a line inserted among equal lines is found once', async t => {
  t.equal(flat('x\nx\nx\n', 'x\nx\nx\nx\n').filter(line => line.startsWith('+')).length, 1)
})

t.test('texts that differ in everything are one removed and one added block', async t => {
  const many = (word: string) => Array.from({ length: 20_000 }, (_, i) => `${word}${i}`).join('\n')
  const lines = diffVersions(many('old'), many('new'))
  t.equal(lines.length, 40_000)
  t.ok(lines.slice(0, 20_000).every(line => line.line_type === 'removed'))
  t.ok(lines.slice(20_000).every(line => line.line_type === 'added'))
})

t.test('the lines of either side, in order, are the text of that side', async t => {
  const text = fc
    .array(fc.constantFrom('a', 'b', '', 'c c'), { maxLength: 30 })
    .map(lines => lines.map(line => `${line}\n`).join(''))
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = diffVersions(before, after)
      const old = lines.filter(line => line.old_line !== undefined)
      const fresh = lines.filter(line => line.new_line !== undefined)
      return (
        old.map(line => `${line.content}\n`).join('') === before &&
        fresh.map(line => `${line.content}\n`).join('') === after &&
        old.every((line, i) => line.old_line === i + 1) &&
        fresh.every((line, i) => line.new_line === i + 1)
      )
    }),
    { numRuns: 500 }
  )
  t.pass('for 500 pairs of texts')
})
