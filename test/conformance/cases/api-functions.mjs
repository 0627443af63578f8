// Creating, reading, changing, listing and deleting functions over the API.
import { test, OK_CODE } from '../lib/dsl.mjs'

export const area = 'api-functions'

const nowS = () => Math.floor(Date.now() / 1000)

export default [
  test('create-answers-with-function-and-version', { share: true }, async t => {
    const name = t.name()
    const before = nowS()
    const r = await t.api('POST', '/api/functions', { name, code: OK_CODE })
    t.eq(r.status, 200, 'status')
    t.match(r.headers['content-type'], /^application\/json/, 'content-type')
    const fn = r.json
    t.own(fn.id)
    t.match(fn.id, /^[A-Za-z0-9_-]+$/, 'id')
    t.eq(fn.name, name, 'name')
    t.eq(fn.env_vars, {}, 'env_vars')
    t.eq(fn.disabled, false, 'disabled')
    t.eq(fn.save_response, false, 'save_response')
    t.between(fn.created_at, before - 2, nowS() + 2, 'created_at')
    t.eq(fn.updated_at, fn.created_at, 'updated_at')
    const v = fn.active_version
    t.isText(v.id, 'active_version.id')
    t.eq(v.function_id, fn.id, 'active_version.function_id')
    t.eq(v.version, 1, 'active_version.version')
    t.eq(v.code, OK_CODE, 'active_version.code')
    t.eq(v.is_active, true, 'active_version.is_active')
    t.between(v.created_at, before - 2, nowS() + 2, 'active_version.created_at')
  }),
  test('create-description-is-optional', { share: true }, async t => {
    const withText = await t.create(OK_CODE, { description: 'does things' })
    t.eq((await t.get(withText.id)).description, 'does things', 'description')
    const without = await t.create(OK_CODE)
    t.eq((await t.get(without.id)).description ?? null, null, 'no description')
    const r = await t.api('POST', '/api/functions', {
      name: t.name(),
      code: OK_CODE,
      description: null
    })
    t.eq(r.status, 200, 'status with null')
    t.own(r.json.id)
  }),
  test('create-allows-duplicate-names', { share: true }, async t => {
    const name = t.name('twin')
    const a = await t.create(OK_CODE, { name })
    const b = await t.create(OK_CODE, { name })
    t.ok(a.id !== b.id, 'ids differ', [a.id, b.id])
  }),
  test('create-does-not-check-syntax', { share: true }, async t => {
    const fn = await t.create('this is not lua (')
    t.isText(fn.id, 'id')
  }),
  test('get-returns-the-function', { share: true }, async t => {
    const fn = await t.create(OK_CODE, { env: { A: '1' } })
    const got = await t.get(fn.id)
    t.eq(got.id, fn.id, 'id')
    t.eq(got.name, fn.name, 'name')
    t.eq(got.env_vars, { A: '1' }, 'env_vars')
    t.eq(got.active_version.id, fn.active_version.id, 'active_version.id')
  }),
  test('get-missing-is-404', { share: true }, async t => {
    const r = await t.api('GET', '/api/functions/nosuchfunction')
    t.eq(r.status, 404, 'status')
    t.eq(r.json, { error: 'Function not found' }, 'body')
  }),
  test('update-name-makes-no-version', { share: true }, async t => {
    const fn = await t.create(OK_CODE)
    const name = t.name('renamed')
    await t.update(fn.id, { name })
    const got = await t.get(fn.id)
    t.eq(got.name, name, 'name')
    t.eq(got.active_version.version, 1, 'version')
  }),
  test('update-code-makes-and-activates-a-version', { share: true }, async t => {
    const fn = await t.create(OK_CODE)
    const code = `${OK_CODE}-- second\n`
    await t.update(fn.id, { code })
    const v = (await t.get(fn.id)).active_version
    t.eq([v.version, v.code, v.is_active], [2, code, true], 'active version')
    t.ok(v.id !== fn.active_version.id, 'version id is new', v.id)
  }),
  test('update-switches-both-ways', { share: true }, async t => {
    const fn = await t.create(OK_CODE)
    for (const on of [true, false]) {
      await t.update(fn.id, { disabled: on, save_response: on })
      const got = await t.get(fn.id)
      t.eq([got.disabled, got.save_response], [on, on], `switched ${on ? 'on' : 'off'}`)
    }
  }),
  test('update-missing-function-is-404', { share: true }, async t => {
    const r = await t.api('PUT', '/api/functions/nosuchfunction', { description: 'x' })
    t.eq(r.status, 404, 'status')
    t.eq(r.json, { error: 'Function not found' }, 'body')
  }),
  test('delete-answers-204-and-removes', { share: true }, async t => {
    const fn = await t.create(OK_CODE)
    const r = await t.api('DELETE', `/api/functions/${fn.id}`)
    t.eq([r.status, r.text], [204, ''], 'answer')
    t.eq((await t.api('GET', `/api/functions/${fn.id}`)).status, 404, 'GET afterwards')
    t.eq((await t.invoke(fn.id)).status, 404, 'invocation afterwards')
    t.eq(
      (await t.api('GET', `/api/functions/${fn.id}/versions`)).status,
      404,
      'versions afterwards'
    )
    t.eq(
      (await t.api('GET', `/api/functions/${fn.id}/executions`)).status,
      404,
      'executions afterwards'
    )
  }),
  test('list-shape', { share: true }, async t => {
    const fn = await t.create(OK_CODE)
    const r = await t.must('GET', '/api/functions?limit=100')
    t.ok(Array.isArray(r.functions), 'functions is an array')
    t.eq(Object.keys(r.pagination).sort(), ['limit', 'offset', 'total'], 'pagination keys')
    const mine = r.functions.find(f => f.id === fn.id)
    t.ok(mine, 'new function is listed')
    t.eq(
      [mine.name, mine.disabled, mine.active_version.version, mine.active_version.code],
      [fn.name, false, 1, OK_CODE],
      'row'
    )
  }),
  test('list-page-numbers', { share: true }, async t => {
    const page = async query => {
      const { limit, offset } = (await t.must('GET', `/api/functions${query}`)).pagination
      return [limit, offset]
    }
    t.eq(await page(''), [20, 0], 'default')
    t.eq(await page('?limit=7&offset=3'), [7, 3], 'as asked')
    for (const v of ['101', '5000']) t.eq(await page(`?limit=${v}`), [100, 0], `limit=${v}`)
  }),
  test('list-newest-first', { share: true, lane: 'serial' }, async t => {
    const ids = []
    for (let i = 0; i < 3; i++) {
      if (i) await t.sleep(1100)
      ids.push((await t.create(OK_CODE)).id)
    }
    const r = await t.must('GET', '/api/functions?limit=50')
    t.eq(
      r.functions.map(f => f.id).filter(id => ids.includes(id)),
      ids.reverse(),
      'own functions in list order'
    )
  }),
  test('env-put-answers-with-active-version', { share: true }, async t => {
    const fn = await t.create(OK_CODE)
    const r = await t.must('PUT', `/api/functions/${fn.id}/env`, {
      env_vars: { A: '1', B_2: 'two' }
    })
    t.eq(
      [r.id, r.function_id, r.version, r.is_active],
      [fn.active_version.id, fn.id, 1, true],
      'version'
    )
    t.eq((await t.get(fn.id)).env_vars, { A: '1', B_2: 'two' }, 'env_vars')
  }),
  test('env-put-replaces-the-whole-set', { share: true }, async t => {
    const fn = await t.create(OK_CODE, { env: { OLD: '1', BOTH: '1' } })
    await t.must('PUT', `/api/functions/${fn.id}/env`, { env_vars: { BOTH: '2', NEW: '2' } })
    t.eq((await t.get(fn.id)).env_vars, { BOTH: '2', NEW: '2' }, 'env_vars')
  })
]
