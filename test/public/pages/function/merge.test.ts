import t from 'tap'
import { differing, findClashes, overlay } from '../../../../public/pages/function/merge.js'

const base = { a: '1', b: '2', gone: 'x' }

t.test(
  'fields differ when one of them is absent, and an absent one is as good as undefined',
  async t => {
    t.same(differing(base, { a: '1', b: '3', new: 'n' }).sort(), ['b', 'gone', 'new'])
    t.same(differing({ a: undefined }, {}), [])
    t.same(differing({}, { toString: 'x' }), ['toString'])
  }
)

t.test('what both changed clashes, unless they changed it to the same', async t => {
  t.same(findClashes(base, { ...base, a: 'mine' }, { ...base, b: 'theirs' }), [])
  t.same(findClashes(base, { ...base, a: 'same' }, { ...base, a: 'same' }), [])
  t.same(findClashes(base, { ...base, a: 'mine' }, { ...base, a: 'theirs' }), [
    { name: 'a', mine: 'mine', theirs: 'theirs' }
  ])
  t.same(
    findClashes(base, { a: '1', b: '2' }, { ...base, gone: 'theirs' }),
    [{ name: 'gone', mine: undefined, theirs: 'theirs' }],
    'removed here, changed there'
  )
  t.same(
    findClashes(base, { ...base, new: '1' }, { ...base, new: '2' }),
    [{ name: 'new', mine: '1', theirs: '2' }],
    'added by both'
  )
})

t.test('fields are laid over others, absent ones too', async t => {
  t.same(overlay({ ...base, theirs: 't' }, ['a', 'gone', 'new'], { a: 'mine', new: 'n' }), {
    a: 'mine',
    b: '2',
    theirs: 't',
    new: 'n'
  })
})
