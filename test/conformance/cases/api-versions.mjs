// Version history, activation and removal.
import { test } from '../lib/dsl.mjs'

export const area = 'api-versions'

const code = n =>
  `function handler(ctx, event)\n  return { statusCode = 200, body = "v${n}" }\nend\n`

async function withVersions(t, count) {
  const fn = await t.create(code(1))
  for (let n = 2; n <= count; n++) await t.update(fn.id, { code: code(n) })
  const list = (await t.must('GET', `/api/functions/${fn.id}/versions?limit=100`)).versions
  const idOf = Object.fromEntries(list.map(v => [v.version, v.id]))
  return { fn, idOf, path: `/api/functions/${fn.id}/versions` }
}

export default [
  test('list-is-newest-first', { share: true }, async t => {
    const { path } = await withVersions(t, 3)
    const r = await t.must('GET', path)
    t.eq(
      r.versions.map(v => v.version),
      [3, 2, 1],
      'numbers'
    )
    t.eq(
      r.versions.map(v => v.is_active),
      [true, false, false],
      'is_active'
    )
    t.eq(r.pagination, { total: 3, limit: 20, offset: 0 }, 'pagination')
  }),
  test('list-pages', { share: true }, async t => {
    const { path } = await withVersions(t, 4)
    const r = await t.must('GET', `${path}?limit=2&offset=1`)
    t.eq(
      r.versions.map(v => v.version),
      [3, 2],
      'numbers'
    )
    t.eq(r.pagination, { total: 4, limit: 2, offset: 1 }, 'pagination')
  }),
  test('get-by-number', { share: true }, async t => {
    const { fn, idOf, path } = await withVersions(t, 2)
    const v = await t.must('GET', `${path}/1`)
    t.eq(
      [v.id, v.function_id, v.version, v.code, v.is_active],
      [idOf[1], fn.id, 1, code(1), false],
      'version'
    )
  }),
  test('get-non-number-is-400', { share: true }, async t => {
    const { path } = await withVersions(t, 1)
    for (const n of ['one', '1.5']) {
      const r = await t.api('GET', `${path}/${n}`)
      t.eq([r.status, r.json], [400, { error: 'Invalid version number' }], `version ${n}`)
    }
  }),
  test('activate-moves-the-active-flag', { share: true }, async t => {
    const { fn, idOf, path } = await withVersions(t, 3)
    const r = await t.api('POST', `${path}/${idOf[1]}/activate`)
    t.eq([r.status, r.text], [200, ''], 'answer')
    t.eq(
      (await t.must('GET', path)).versions.map(v => v.is_active),
      [false, false, true],
      'is_active'
    )
    t.eq((await t.get(fn.id)).active_version.id, idOf[1], 'active_version')
  }),
  test('activate-changes-what-runs', { share: true }, async t => {
    const { fn, idOf, path } = await withVersions(t, 2)
    t.eq((await t.invoke(fn.id)).text, 'v2', 'before')
    await t.must('POST', `${path}/${idOf[1]}/activate`)
    const r = await t.invoke(fn.id)
    t.eq([r.text, r.headers['x-function-version-id']], ['v1', idOf[1]], 'after')
  }),
  test('delete-inactive-version', { share: true }, async t => {
    const { idOf, path } = await withVersions(t, 3)
    const r = await t.api('DELETE', `${path}/${idOf[2]}`)
    t.eq([r.status, r.text], [204, ''], 'answer')
    t.eq(
      (await t.must('GET', path)).versions.map(v => v.version),
      [3, 1],
      'left'
    )
    t.eq((await t.api('GET', `${path}/2`)).status, 404, 'GET afterwards')
  }),
  test('delete-active-version-is-refused', { share: true }, async t => {
    const { idOf, path } = await withVersions(t, 2)
    const r = await t.api('DELETE', `${path}/${idOf[2]}`)
    t.eq([r.status, r.json], [400, { error: 'Cannot delete active version' }], 'answer')
    t.eq((await t.must('GET', path)).pagination.total, 2, 'total')
  })
]
