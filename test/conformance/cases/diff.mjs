// Line diff between two versions of a function.
import { test } from '../lib/dsl.mjs'

export const area = 'diff'

async function diffOf(t, before, after, order = '1/2') {
  const fn = await t.create(before)
  await t.update(fn.id, { code: after })
  return t.must('GET', `/api/functions/${fn.id}/diff/${order}`)
}

/** [type, old line, new line, text] with null for a missing number. */
const flat = d => d.diff.map(l => [l.line_type, l.old_line ?? null, l.new_line ?? null, l.content])
const same = (o, n, text) => ['unchanged', o, n, text]
const gone = (o, text) => ['removed', o, null, text]
const added = (n, text) => ['added', null, n, text]

export default [
  test('reports-the-two-numbers', { share: true }, async t => {
    const d = await diffOf(t, 'a\n', 'b\n')
    t.eq([d.old_version, d.new_version], [1, 2], 'numbers')
  }),
  test('line-added-at-the-end', { share: true }, async t => {
    t.eq(
      flat(await diffOf(t, 'a\nb\n', 'a\nb\nc\n')),
      [same(1, 1, 'a'), same(2, 2, 'b'), added(3, 'c')],
      'lines'
    )
  }),
  test('line-removed', { share: true }, async t => {
    t.eq(
      flat(await diffOf(t, 'a\nb\nc\n', 'a\nc\n')),
      [same(1, 1, 'a'), gone(2, 'b'), same(3, 2, 'c')],
      'lines'
    )
  }),
  test('changed-line-is-removed-then-added', { share: true }, async t => {
    t.eq(
      flat(await diffOf(t, 'a\nb\nc\n', 'a\nX\nc\n')),
      [same(1, 1, 'a'), gone(2, 'b'), added(2, 'X'), same(3, 3, 'c')],
      'lines'
    )
  }),
  test('reversed-order-swaps-added-and-removed', { share: true }, async t => {
    const d = await diffOf(t, 'a\nb\n', 'a\nb\nc\n', '2/1')
    t.eq(flat(d), [same(1, 1, 'a'), same(2, 2, 'b'), gone(3, 'c')], 'lines')
    t.eq([d.old_version, d.new_version], [2, 1], 'numbers')
  }),
  test('bad-number-is-400', { share: true }, async t => {
    const fn = await t.create('x')
    const a = await t.api('GET', `/api/functions/${fn.id}/diff/x/1`)
    const b = await t.api('GET', `/api/functions/${fn.id}/diff/1/x`)
    t.eq([a.status, b.status], [400, 400], 'statuses')
    t.contains(a.json?.error, 'v1', 'first error')
    t.contains(b.json?.error, 'v2', 'second error')
  })
]
