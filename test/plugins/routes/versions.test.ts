import t from 'tap'
import { buildApi } from '../../helpers/api.js'

// One server for all: each test has functions of its own.
const api = await buildApi(t)

interface Listed {
  version: number
  id: string
  is_active: boolean
}

async function withVersions(count: number) {
  const { call, create } = api
  const id = await create({ code: 'v1' })
  for (let n = 2; n <= count; n++) await call('PUT', `/api/functions/${id}`, { code: `v${n}` })
  const path = `/api/functions/${id}/versions`
  const list = async (): Promise<Listed[]> => (await call('GET', `${path}?limit=100`)).json.versions
  return { id, path, list, versionId: (n: number) => `ver_${id}_v${n}` }
}

t.test('versions are listed from the highest number, page by page', async t => {
  const { path } = await withVersions(4)
  const { json } = await api.call('GET', `${path}?limit=2&offset=1`)
  t.same(
    json.versions.map(({ version }: Listed) => version),
    [3, 2]
  )
  t.same(json.pagination, { total: 4, limit: 2, offset: 1 })
})

t.test('a version is read by its number', async t => {
  const { id, path, versionId } = await withVersions(2)
  const { json } = await api.call('GET', `${path}/1`)
  t.strictSame(json, {
    id: versionId(1),
    function_id: id,
    version: 1,
    code: 'v1',
    created_at: json.created_at,
    is_active: false,
    created_by: 'api_key'
  })
})

t.test('what is no whole number is no version number; others are just not there', async t => {
  const { path } = await withVersions(1)
  for (const n of ['one', '1.5', '1e0', '0x1', '%20', '1a', '-']) {
    t.match(
      await api.call('GET', `${path}/${n}`),
      { status: 400, json: { error: 'Invalid version number' } },
      n
    )
  }
  for (const n of ['2', '0', '-1', '9007199254740993', '9'.repeat(60)]) {
    t.match(
      await api.call('GET', `${path}/${n}`),
      { status: 404, json: { error: 'Version not found' } },
      n
    )
  }
  t.match(await api.call('GET', '/api/functions/none/versions/1'), {
    status: 404,
    json: { error: 'Version not found' }
  })
  t.match(await api.call('GET', '/api/functions/none/versions'), {
    status: 404,
    json: { error: 'Function not found' }
  })
})

t.test('activating moves the one active flag, and again is fine', async t => {
  const { id, path, list, versionId } = await withVersions(3)
  for (let i = 0; i < 2; i++) {
    t.match(await api.call('POST', `${path}/${versionId(1)}/activate`), { status: 200, text: '' })
  }
  t.same(
    (await list()).map(({ is_active: active }) => active),
    [false, false, true]
  )
  t.equal((await api.call('GET', `/api/functions/${id}`)).json.active_version.id, versionId(1))
})

t.test('a body that nobody asked for does no harm', async t => {
  const { path, versionId } = await withVersions(1)
  t.equal(
    (
      await api.call('POST', `${path}/${versionId(1)}/activate`, 'hello', {
        'content-type': 'application/json'
      })
    ).status,
    200
  )
})

t.test("another function's version is neither activated nor deleted", async t => {
  const mine = await withVersions(2)
  const other = await withVersions(2)
  t.match(await api.call('POST', `${mine.path}/${other.versionId(1)}/activate`), {
    status: 404,
    json: { error: 'Version not found' }
  })
  t.match(await api.call('DELETE', `${mine.path}/${other.versionId(1)}`), {
    status: 404,
    json: { error: 'Version not found' }
  })
  t.same(
    (await other.list()).map(({ version, is_active: active }) => [version, active]),
    [
      [2, true],
      [1, false]
    ]
  )
})

t.test('a deleted version is gone, the active one stays', async t => {
  const { path, list, versionId } = await withVersions(3)
  t.match(await api.call('DELETE', `${path}/${versionId(2)}`), { status: 204, text: '' })
  t.match(await api.call('DELETE', `${path}/${versionId(2)}`), {
    status: 404,
    json: { error: 'Version not found' }
  })
  t.match(await api.call('DELETE', `${path}/${versionId(3)}`), {
    status: 400,
    json: { error: 'Cannot delete active version' }
  })
  t.same(
    (await list()).map(({ version }) => version),
    [3, 1]
  )
})

t.test('a number is never used twice', async t => {
  const { id, path, list, versionId } = await withVersions(3)
  await api.call('POST', `${path}/${versionId(1)}/activate`)
  await api.call('DELETE', `${path}/${versionId(3)}`)
  await api.call('PUT', `/api/functions/${id}`, { code: 'again' })
  t.same(
    (await list()).map(({ version }) => version),
    [4, 2, 1]
  )
})

t.test('activations at the same time leave exactly one version active', async t => {
  const { path, list, versionId } = await withVersions(8)
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      api.call('POST', `${path}/${versionId(1 + (i % 8))}/activate`)
    )
  )
  t.ok(answers.every(({ status }) => status === 200))
  t.equal((await list()).filter(({ is_active: active }) => active).length, 1)
})

t.test('deletions and activations at the same time never lose the active version', async t => {
  const { id, path, list, versionId } = await withVersions(10)
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, i) => [
      api.call('POST', `${path}/${versionId(i + 1)}/activate`),
      api.call('DELETE', `${path}/${versionId(i + 1)}`),
      api.call('DELETE', `${path}/${versionId(10 - i)}`)
    ]).flat()
  )
  t.same(
    [...new Set(answers.map(({ status }) => status))].filter(
      status => ![200, 204, 400, 404].includes(status)
    ),
    []
  )
  t.equal((await list()).filter(({ is_active: active }) => active).length, 1)
  t.equal((await api.call('GET', `/api/functions/${id}`)).json.active_version.is_active, true)
})

t.test('two versions are compared in either order', async t => {
  const id = await api.create({ code: 'a\nb\n' })
  await api.call('PUT', `/api/functions/${id}`, { code: 'a\nc\n' })
  t.strictSame((await api.call('GET', `/api/functions/${id}/diff/1/2`)).json, {
    old_version: 1,
    new_version: 2,
    diff: [
      { line_type: 'unchanged', old_line: 1, new_line: 1, content: 'a' },
      { line_type: 'removed', old_line: 2, content: 'b' },
      { line_type: 'added', new_line: 2, content: 'c' }
    ]
  })
  t.match((await api.call('GET', `/api/functions/${id}/diff/2/1`)).json, {
    old_version: 2,
    new_version: 1
  })
  t.same((await api.call('GET', `/api/functions/${id}/diff/2/2`)).json.diff.length, 2)
})

t.test('a comparison names the number that is wrong', async t => {
  const id = await api.create()
  const diff = async (numbers: string) => {
    const { status, json } = await api.call('GET', `/api/functions/${id}/diff/${numbers}`)
    return [status, json.error]
  }
  t.same(await diff('x/1'), [400, 'Invalid version number v1'])
  t.same(await diff('1/x'), [400, 'Invalid version number v2'])
  t.same(await diff('7/x'), [400, 'Invalid version number v2'])
  t.same(await diff('7/1'), [404, 'Version v1 not found'])
  t.same(await diff('1/7'), [404, 'Version v2 not found'])
  t.match(await api.call('GET', '/api/functions/none/diff/1/1'), {
    status: 404,
    json: { error: 'Version v1 not found' }
  })
})
