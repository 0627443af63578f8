import t from 'tap'
import { parseErrorText } from '../../../public/format/error-text.js'

t.test('headline, excerpt and advice are taken apart', async t => {
  const text =
    'Error at line 4: code:4: boom\n\n[CODE]\n    3 |   local a\n>   4 |   a.b()\n    5 | end\n[/CODE]\n\n[TIP] a is nil\n  • check it'
  const parsed = parseErrorText(text)
  t.equal(parsed.headline, 'Error at line 4: code:4: boom')
  t.same(
    parsed.excerpt.map(line => line.failing),
    [false, true, false]
  )
  t.equal(parsed.excerpt[1]?.text, '>   4 |   a.b()')
  t.same(parsed.advice, [
    { text: 'a is nil', point: false },
    { text: 'check it', point: true }
  ])
})
t.test('the traceback is no part of the headline', async t => {
  t.equal(
    parseErrorText("Error at line 3: boom\nstack traceback:\n\tfunction:3: in function 'handler'")
      .headline,
    'Error at line 3: boom'
  )
})
t.test('a text without sections is all headline', async t => {
  t.same(parseErrorText('Error: timed out'), {
    headline: 'Error: timed out',
    excerpt: [],
    advice: []
  })
})
t.test('the mark of a column belongs to the failing line', async t => {
  const parsed = parseErrorText(
    'Error at line 1: x\n\n[CODE]\n>   1 | a = = 1\n      |     ^\n[/CODE]'
  )
  t.same(
    parsed.excerpt.map(line => line.failing),
    [true, true]
  )
})
