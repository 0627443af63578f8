import t from 'tap'
import { toPieces } from '../../../public/format/pieces.js'

t.test('what is in backticks is code', async t => {
  t.same(toPieces('Level `debug`, not `info`.'), [
    { text: 'Level ', code: false },
    { text: 'debug', code: true },
    { text: ', not ', code: false },
    { text: 'info', code: true },
    { text: '.', code: false }
  ])
})

t.test('a lone backtick is a backtick', async t => {
  t.same(toPieces('a ` b'), [{ text: 'a ` b', code: false }])
})

t.test('no text has no pieces', async t => {
  t.same(toPieces(''), [])
})
