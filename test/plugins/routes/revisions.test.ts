import t from 'tap'
import { buildApi, CODE } from '../../helpers/api.js'

// One server for all: each test has functions of its own.
const { app, call, create } = await buildApi(t)

const tagOf = async (path: string) => String((await call('GET', path)).headers.etag)
const pathOf = (id: string) => `/api/functions/${id}`
const run = async (id: string, query = '') => {
  const answer = await call('GET', `/fn/${id}${query}`)
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`)
}

t.test('reading a function gives a strong tag, which stays as long as nothing changes', async t => {
  const path = pathOf(await create())
  const tag = await tagOf(path)
  t.match(tag, /^"[\x21\x23-\x7e]+"$/)
  await run(path.slice('/api/functions/'.length))
  t.equal(await tagOf(path), tag, 'a run is no change')
  t.equal(await tagOf(`${path}/versions`), tag, 'the same for its versions')
  t.equal(String((await call('HEAD', path)).headers.etag), tag)
  const others = await tagOf(pathOf(await create()))
  t.not(others, tag)
})

t.test(
  'every change of a function gives another tag, which a PUT or POST answers with',
  async t => {
    const id = await create({
      code: 'function handler(ctx, event) if event.query.set then env.set("A", "2") elseif event.query.delete then env.delete("A") end return { statusCode = 200 } end'
    })
    const path = pathOf(id)
    const seen = new Set([await tagOf(path)])
    const changes: Array<[string, () => Promise<unknown>]> = [
      ...Object.entries({
        name: 'other',
        description: 'd',
        disabled: true,
        retention_days: 30,
        cron_schedule: '0 0 1 1 *',
        cron_status: 'active',
        cron_catch_up: true,
        save_response: true,
        allow_same_origin: true
      }).map(([name, value]): [string, () => Promise<unknown>] => [
        name,
        () => call('PUT', path, { [name]: value })
      ]),
      ['enabled', () => call('PUT', path, { disabled: false })],
      ['another name', () => call('PUT', path, { name: 'a' })],
      ['the name of before', () => call('PUT', path, { name: 'other' })],
      ['variables', () => call('PUT', `${path}/env`, { env_vars: { A: '1' } })],
      ['variables by the function', () => run(id, '?set=1')],
      ['a variable less, by the function', () => run(id, '?delete=1')],
      ['code', () => call('PUT', path, { code: CODE })],
      ['the same code', () => call('PUT', path, { code: CODE })],
      ['a version that is not active', () => call('PUT', path, { code: CODE, activate: false })],
      ['activation', () => call('POST', `${path}/versions/ver_${id}_v1/activate`)],
      ['deletion of a version', () => call('DELETE', `${path}/versions/ver_${id}_v2`)],
      ['deletion of the last version', () => call('DELETE', `${path}/versions/ver_${id}_v4`)],
      [
        'the variables of before',
        async () => {
          const { json } = await call('GET', `${path}/env/history`)
          return call('POST', `${path}/env/history/${json.history[0].id}/restore`)
        }
      ]
    ]
    for (const [name, change] of changes) {
      const answer = (await change()) as
        { status: number; headers: Record<string, unknown> } | undefined
      const tag = await tagOf(path)
      t.notOk(seen.has(tag), name)
      seen.add(tag)
      if (answer?.status === 200) {
        t.equal(answer.headers.etag, tag, `${name}: the answer has the new tag`)
      }
    }
    t.equal(seen.size, changes.length + 1)
    const made = await call('POST', '/api/functions', { name: 'new', code: CODE })
    t.equal(made.headers.etag, await tagOf(pathOf(made.json.id)))
  }
)

t.test(
  'a change of a function that has changed since is refused, whatever it changes, and told what is there',
  async t => {
    for (const [name, change] of [
      ['code', (id: string) => ['PUT', pathOf(id), { code: 'mine' }]],
      ['settings', (id: string) => ['PUT', pathOf(id), { name: 'mine' }]],
      ['schedule', (id: string) => ['PUT', pathOf(id), { cron_schedule: '' }]],
      ['variables', (id: string) => ['PUT', `${pathOf(id)}/env`, { env_vars: {} }]],
      ['activation', (id: string) => ['POST', `${pathOf(id)}/versions/ver_${id}_v1/activate`]],
      ['deletion of a version', (id: string) => ['DELETE', `${pathOf(id)}/versions/ver_${id}_v1`]],
      ['deletion', (id: string) => ['DELETE', pathOf(id)]]
    ] as const) {
      const id = await create()
      await call('PUT', pathOf(id), { code: `${CODE}-- 2` })
      const stale = await tagOf(pathOf(id))
      await call('PUT', `${pathOf(id)}/env`, { env_vars: { THEIRS: 'kept' } })
      const before = await call('GET', pathOf(id))
      const [method, url, body] = change(id) as [string, string, unknown]
      const refused = await call(method, url, body, { 'if-match': stale })
      t.equal(refused.status, 412, name)
      t.match(refused.json, { error: /changed since/, current: before.json }, name)
      t.equal(refused.headers.etag, before.headers.etag, 'with the tag to go on with')
      t.same((await call('GET', pathOf(id))).json, before.json, 'and nothing is changed')
      const made = await call(method, url, body, { 'if-match': String(refused.headers.etag) })
      t.ok(made.status < 300, `${name} goes through with the present tag (${made.status})`)
    }
  }
)

t.test('conditions are read as the standard says', async t => {
  const id = await create()
  const path = pathOf(id)
  const tag = await tagOf(path)
  const send = async (header: string) => {
    const { status } = await call(
      'PUT',
      path,
      { name: 'n' },
      { 'if-match': header.replaceAll('TAG', await tagOf(path)) }
    )
    return status
  }
  for (const [header, status] of [
    ['*', 200],
    [' * ', 200],
    ['TAG', 200],
    ['"x", TAG', 200],
    ['"x",,TAG ,', 200],
    ['W/"x", TAG', 200],
    ['"with,comma",TAG', 200],
    ['W/TAG', 412],
    ['"x"', 412],
    ['""', 412],
    ['"TAG"', 400],
    [`W/${tag}, "x"`, 412],
    ['x', 400],
    ['"x', 400],
    ['', 400],
    [' ', 400],
    [',', 400],
    ['*, "x"', 400],
    ['"x" "y"', 400],
    ['w/"x"', 400],
    ['"a b"', 400]
  ] as const) {
    t.equal(await send(header), status, header)
  }
  t.match((await call('PUT', path, { name: 'n' }, { 'if-match': 'x' })).json.error, /^If-Match: /)
  t.equal(
    (await call('PUT', path, { name: '' }, { 'if-match': '"x"' })).status,
    400,
    'what is not acceptable anyway is refused as such'
  )
  for (const [method, url] of [
    ['PUT', ''],
    ['DELETE', ''],
    ['POST', `/versions/ver_${id}_v9/activate`],
    ['DELETE', `/versions/ver_${id}_v9`]
  ] as const) {
    t.equal(
      (
        await call(
          method,
          `${method === 'PUT' || url === '' ? pathOf('none') : path}${url}`,
          { name: 'n' },
          { 'if-match': '"x"' }
        )
      ).status,
      404
    )
  }
})

t.test('of many changes with the same tag at once, one is made', async t => {
  const path = pathOf(await create())
  const tag = await tagOf(path)
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      i % 2 === 0
        ? call('PUT', path, { name: `n${i}` }, { 'if-match': tag })
        : call('PUT', `${path}/env`, { env_vars: { A: String(i) } }, { 'if-match': tag })
    )
  )
  t.equal(answers.filter(({ status }) => status === 200).length, 1)
  t.equal(answers.filter(({ status }) => status === 412).length, 19)
})

for (const [name, base] of [
  ['of a function', async () => `${pathOf(await create())}/kv`],
  ['that all share', async () => '/api/kv']
] as const) {
  t.test(`entries of the store ${name} have tags and take conditions`, async t => {
    const place = await base()
    const path = `${place}/entry`
    const put = (value: string, headers = {}, query = '') =>
      call('PUT', path + query, value, headers)
    t.equal((await put('1', { 'if-match': '*' })).status, 412, 'nothing is there yet')
    t.same((await put('1', { 'if-match': '"x"' })).json.current, null)
    const made = await put('1', { 'if-none-match': '*' })
    t.equal(made.status, 204)
    t.equal(made.headers.etag, await tagOf(path))
    const again = await put('2', { 'if-none-match': '*' })
    t.match(
      again,
      { status: 412, json: { current: { value: '1' } } },
      'another value is not replaced'
    )
    t.equal(again.headers.etag, made.headers.etag)
    t.equal((await put('1', { 'if-none-match': '"x"' })).status, 400)

    const changed = await put('2', { 'if-match': String(made.headers.etag) })
    t.equal(changed.status, 204)
    t.not(changed.headers.etag, made.headers.etag)
    t.match(await put('3', { 'if-match': String(made.headers.etag) }), {
      status: 412,
      json: { current: { value: '2' } }
    })
    t.match(await call('DELETE', path, undefined, { 'if-match': String(made.headers.etag) }), {
      status: 412,
      json: { current: { value: '2' } }
    })
    t.equal((await put('2', {}, '?ttl=1000')).status, 204)
    const withEnd = await tagOf(path)
    t.not(withEnd, changed.headers.etag, 'an end of its own is a change')
    const { entries } = (await call('GET', `${place}?prefix=entry`)).json
    t.equal(entries[0].etag, withEnd, 'lists have it too')
    await call('PUT', path, Buffer.of(0xff))
    t.match((await put('3', { 'if-match': withEnd })).json, { current: { value_base64: '/w==' } })
    t.equal((await call('DELETE', path, undefined, { 'if-match': await tagOf(path) })).status, 204)
    t.equal((await call('DELETE', path, undefined, { 'if-match': '*' })).status, 404)
  })
}

t.test('a value that the function itself has changed has another tag', async t => {
  const id = await create({
    code: 'function handler() kv.increment("n") return { statusCode = 200 } end'
  })
  await run(id)
  const tag = await tagOf(`${pathOf(id)}/kv/n`)
  await run(id)
  t.match(await call('PUT', `${pathOf(id)}/kv/n`, '0', { 'if-match': tag }), {
    status: 412,
    json: { current: { value: '2' } }
  })
})

t.test('code can be saved without going live', async t => {
  const id = await create()
  t.equal((await call('PUT', pathOf(id), { code: 'not ( lua', activate: false })).status, 200)
  t.match((await call('GET', pathOf(id))).json, { active_version: { version: 1, code: CODE } })
  t.match((await call('GET', `${pathOf(id)}/versions/2`)).json, {
    code: 'not ( lua',
    is_active: false
  })
  await run(id)
  t.equal((await call('PUT', pathOf(id), { code: CODE, activate: true })).status, 200)
  t.match((await call('GET', pathOf(id))).json.active_version, { version: 3 })
  t.equal(
    (await call('PUT', pathOf(id), { activate: false })).status,
    400,
    'by itself it is no change'
  )
})

t.test('what variables were before can be listed, seen and brought back', async t => {
  const id = await create({
    code: 'function handler() env.set("B", "by the function") env.set("B", "again") return { statusCode = 200 } end'
  })
  const path = `${pathOf(id)}/env`
  const set = (variables: Record<string, string>) => call('PUT', path, { env_vars: variables })
  await set({ A: '1' })
  await set({ A: '1' })
  await set({ A: '2', C: '3' })
  await run(id)
  await run(id)
  const { json } = await call('GET', `${path}/history`)
  t.equal(json.pagination.total, 3, 'the same again is no change, and what a function does is one')
  t.match(
    json.history.map(({ replaced_by: by, changes }: Record<string, unknown>) => ({ by, changes })),
    [
      { by: 'function', changes: [{ name: 'B', change: 'added' }] },
      {
        by: 'user',
        changes: [
          { name: 'A', change: 'changed' },
          { name: 'C', change: 'added' }
        ]
      },
      { by: 'user', changes: [{ name: 'A', change: 'added' }] }
    ]
  )
  t.notMatch(JSON.stringify(json), /"3"/, 'lists have no values')
  const second = await call('GET', `${path}/history?offset=1&limit=1`)
  t.same(second.json.history, [json.history[1]], 'a page shows the same')

  const entry = json.history[0].id
  t.same((await call('GET', `${path}/history/${entry}`)).json, {
    id: entry,
    env_vars: { A: '2', C: '3' }
  })
  const stale = await tagOf(pathOf(id))
  await set({ D: '4' })
  t.equal(
    (await call('POST', `${path}/history/${entry}/restore`, undefined, { 'if-match': stale }))
      .status,
    412
  )
  t.equal((await call('POST', `${path}/history/${entry}/restore`)).status, 200)
  t.same((await call('GET', pathOf(id))).json.env_vars, { A: '2', C: '3' })
  t.equal(
    (await call('GET', `${path}/history`)).json.history[0].changes.length,
    3,
    'what was there is kept as well'
  )

  for (const bad of ['none', '0', '-1', '1e3', '99999999999999999999']) {
    t.equal((await call('GET', `${path}/history/${bad}`)).status, 404, bad)
  }
  t.equal(
    (await call('GET', `${pathOf(await create())}/env/history/${entry}`)).status,
    404,
    'not by another function'
  )
  t.equal((await call('DELETE', `${path}/history`)).status, 204)
  t.same((await call('GET', `${path}/history`)).json.history, [])
  t.equal((await call('GET', `${path}/history/${entry}`)).status, 404)
  t.same((await call('GET', pathOf(id))).json.env_vars, { A: '2', C: '3' })
})

t.test(
  'the history of variables is bounded, and a busy function does not push out what people did',
  async t => {
    const id = await create()
    const { env } = app.storage
    await env.replace(id, { OWN: 'set by a person' })
    await env.replace(id, { OWN: 'again' })
    for (let i = 0; i < 30; i++) await env.set(id, 'COUNT', String(i))
    t.equal((await env.history(id, { limit: 100, offset: 0 })).total, 3)
    for (let i = 0; i < 60; i++) await env.replace(id, { OWN: String(i) })
    const { rows, total } = await env.history(id, { limit: 100, offset: 0 })
    t.equal(total, 51)
    t.equal(rows.filter(({ replacedBy }) => replacedBy === 'user').length, 50)
    t.equal(
      (await env.expireHistory(Math.floor(Date.now() / 1000) + 91 * 86_400, 1000)) >= 51,
      true
    )
    t.equal((await env.history(id, { limit: 100, offset: 0 })).total, 0)
  }
)
