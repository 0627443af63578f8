import t from 'tap'
import { API_KEY, temporaryFolder } from '../../helpers/build.js'
import { buildApi, type Api, type ApiAnswer } from '../../helpers/api.js'

const login = (
  { callOpen }: Pick<Api, 'callOpen'>,
  apiKey: unknown = API_KEY,
  headers: Record<string, string> = {}
) => callOpen('POST', '/api/auth/login', { apiKey }, headers)

/** The pair that a browser would send back. */
const cookieOf = ({ headers }: ApiAnswer) => String(headers['set-cookie']).split(';', 1)[0] ?? ''

t.test('without key or session the API is closed, with one text', async t => {
  const { callOpen } = await buildApi(t)
  for (const headers of [
    {},
    { authorization: '' },
    { authorization: 'Bearer' },
    { authorization: `bearer ${API_KEY}` },
    { authorization: `Bearer  ${API_KEY}` },
    { authorization: `Bearer ${API_KEY}x` },
    { authorization: `Basic ${API_KEY}` },
    { cookie: 'auth_token=' },
    { cookie: `auth_token=${API_KEY}` },
    { cookie: 'auth_token=nonsense' }
  ]) {
    const { status, json } = await callOpen(
      'GET',
      '/api/functions',
      undefined,
      headers as Record<string, string>
    )
    t.same([status, json], [401, { error: 'Authentication required' }], JSON.stringify(headers))
  }
})

t.test('a closed door is answered before the body is looked at', async t => {
  const { callOpen } = await buildApi(t)
  t.equal((await callOpen('POST', '/api/functions', '{')).status, 401)
  t.equal((await callOpen('PUT', '/api/kv/k', 'v')).status, 401)
})

t.test('the key opens a session whose cookie is not the key', async t => {
  const api = await buildApi(t)
  const answer = await login(api)
  t.same([answer.status, answer.json], [200, { success: true }])
  const cookie = String(answer.headers['set-cookie'])
  t.match(cookie, /^auth_token=[\w-]{43}; Path=\/; Max-Age=86400; HttpOnly; SameSite=Strict$/)
  t.notMatch(cookie, API_KEY)
  t.equal(
    (
      await api.callOpen('GET', '/api/functions', undefined, {
        cookie: `theme=dark; ${cookieOf(answer)}; x=y`
      })
    ).status,
    200
  )
})

t.test('behind a proxy that speaks TLS the cookie is kept off plain http', async t => {
  const api = await buildApi(t, { BASE_URL: 'https://moonlet.example.org' })
  t.match(
    (await login(api, API_KEY, { host: 'moonlet.example.org' })).headers['set-cookie'],
    /; Secure$/
  )
  t.notMatch(
    (await login(api, API_KEY, { host: '127.0.0.1:3000' })).headers['set-cookie'],
    /Secure/
  )
})

t.test('who the client behind a proxy is, only proxies that are trusted may say', async t => {
  const attempts = async (settings: Record<string, string>) => {
    const api = await buildApi(t, settings)
    const from = (address: string) => login(api, 'wrong', { 'x-forwarded-for': address })
    for (let i = 0; i < 21; i++) await from('198.51.100.1')
    const blocked = [(await from('198.51.100.1')).status, (await from('198.51.100.2')).status]
    await login(api, API_KEY, { 'x-forwarded-for': '198.51.100.3', 'x-forwarded-proto': 'https' })
    const { json } = await api.call('GET', '/api/auth/sessions')
    return [...blocked, json.sessions[0]?.address]
  }
  t.same(await attempts({ TRUST_PROXY: 'true' }), [429, 401, '198.51.100.3'])
  t.same(await attempts({ TRUST_PROXY: '10.0.0.1, 127.0.0.0/8' }), [429, 401, '198.51.100.3'])
  for (const TRUST_PROXY of ['false', '10.0.0.0/8']) {
    t.same((await attempts({ TRUST_PROXY })).slice(0, 2), [429, 429], TRUST_PROXY)
  }
})

t.test('a wrong or missing key opens nothing', async t => {
  const api = await buildApi(t)
  for (const body of [
    { apiKey: 'wrong' },
    { apiKey: '' },
    {},
    { apiKey: null },
    { apikey: API_KEY }
  ]) {
    const answer = await api.callOpen('POST', '/api/auth/login', body)
    t.same(
      [answer.status, answer.json],
      [401, { success: false, error: 'Invalid API key' }],
      JSON.stringify(body)
    )
    t.notOk('set-cookie' in answer.headers)
  }
})

t.test('what is no login request is refused in the shape of logins', async t => {
  const { callOpen } = await buildApi(t, { BODY_LIMIT: '1024' })
  for (const body of ['', 'nonsense', '[]', '{"apiKey":5}']) {
    t.match(
      await callOpen('POST', '/api/auth/login', body),
      { status: 400, json: { success: false, error: 'Invalid request body' } },
      body
    )
  }
  t.match(await callOpen('POST', '/api/auth/login', { apiKey: 'x'.repeat(2000) }), {
    status: 413,
    json: { success: false }
  })
})

t.test('a wrong cookie does not hurt a right key, nor a wrong key a right cookie', async t => {
  const api = await buildApi(t)
  t.equal(
    (await api.call('GET', '/api/functions', undefined, { cookie: 'auth_token=wrong' })).status,
    200
  )
  const cookie = cookieOf(await login(api))
  t.equal(
    (
      await api.callOpen('GET', '/api/functions', undefined, {
        cookie,
        authorization: 'Bearer wrong'
      })
    ).status,
    200
  )
})

t.test('logging out ends the session and clears the cookie', async t => {
  const api = await buildApi(t)
  const cookie = cookieOf(await login(api))
  const answer = await api.callOpen('POST', '/api/auth/logout', undefined, { cookie })
  t.same(
    [answer.status, answer.json, answer.headers['set-cookie']],
    [200, { success: true }, 'auth_token=; Path=/; Max-Age=0; HttpOnly']
  )
  t.equal((await api.callOpen('GET', '/api/functions', undefined, { cookie })).status, 401)
  t.equal((await api.callOpen('POST', '/api/auth/logout')).status, 200, 'also without a session')
})

t.test('a page of another origin cannot act with the cookie', async t => {
  const api = await buildApi(t)
  const cookie = cookieOf(await login(api))
  const act = async (headers: Record<string, string>) =>
    (
      await api.callOpen(
        'POST',
        '/api/functions',
        { name: 'x', code: 'y' },
        { cookie, host: 'moonlet.test', ...headers }
      )
    ).status
  for (const headers of [
    { origin: 'http://evil.test' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: 'http://moonlet.test' },
    { origin: 'http://moonlet.test:81' }
  ]) {
    t.equal(await act(headers as Record<string, string>), 403, JSON.stringify(headers))
  }
  for (const headers of [
    {},
    { origin: 'http://moonlet.test' },
    { 'sec-fetch-site': 'same-origin', origin: 'http://moonlet.test' }
  ]) {
    t.equal(await act(headers as Record<string, string>), 200, JSON.stringify(headers))
  }
  t.equal(
    (
      await api.call(
        'POST',
        '/api/functions',
        { name: 'x', code: 'y' },
        { cookie, origin: 'http://evil.test' }
      )
    ).status,
    200,
    'with the key, origins do not matter'
  )
  t.equal(
    (await api.callOpen('GET', '/api/functions', undefined, { cookie, origin: 'http://evil.test' }))
      .status,
    200,
    'reading changes nothing'
  )
})

t.test('a few wrong keys do not, and the right one wipes them out', async t => {
  const api = await buildApi(t)
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 15; i++) t.equal((await login(api, 'wrong')).status, 401)
    t.equal((await login(api)).status, 200)
  }
})

t.test('sessions are listed, the own one marked', async t => {
  const api = await buildApi(t)
  const first = cookieOf(await login(api, API_KEY, { 'user-agent': `Browser ${'x'.repeat(500)}` }))
  await login(api)
  const { sessions } = (
    await api.callOpen('GET', '/api/auth/sessions', undefined, { cookie: first })
  ).json
  t.equal(sessions.length, 2)
  const [second, own] = sessions
  t.match(own, {
    current: true,
    address: '127.0.0.1',
    expires_at: own.created_at + 86400,
    user_agent: /^Browser x{292}$/
  })
  t.equal(second.current, false)
  t.same(Object.keys(own).sort(), [
    'address',
    'created_at',
    'current',
    'expires_at',
    'id',
    'last_seen_at',
    'user_agent'
  ])
  t.ok(
    (await api.call('GET', '/api/auth/sessions')).json.sessions.every(
      ({ current }: { current: boolean }) => !current
    ),
    'the key is no session'
  )
})

t.test('a session can be ended from another one', async t => {
  const api = await buildApi(t)
  const [kept, lost] = [cookieOf(await login(api)), cookieOf(await login(api))]
  const [{ id }] = (await api.callOpen('GET', '/api/auth/sessions', undefined, { cookie: kept }))
    .json.sessions
  t.match(await api.callOpen('DELETE', `/api/auth/sessions/${id}`, undefined, { cookie: kept }), {
    status: 204,
    text: ''
  })
  t.equal((await api.callOpen('GET', '/api/functions', undefined, { cookie: lost })).status, 401)
  t.equal((await api.callOpen('GET', '/api/functions', undefined, { cookie: kept })).status, 200)
  t.match(await api.call('DELETE', `/api/auth/sessions/${id}`), {
    status: 404,
    json: { error: 'Session not found' }
  })
})

t.test('signing out everywhere ends all sessions', async t => {
  const api = await buildApi(t)
  const cookies = [cookieOf(await login(api)), cookieOf(await login(api))]
  const answer = await api.callOpen('DELETE', '/api/auth/sessions', undefined, {
    cookie: cookies[0] ?? ''
  })
  t.match([answer.status, answer.headers['set-cookie']], [204, /^auth_token=;/])
  for (const cookie of cookies) {
    t.equal((await api.callOpen('GET', '/api/functions', undefined, { cookie })).status, 401)
  }
  t.same((await api.call('GET', '/api/auth/sessions')).json.sessions, [])
})

t.test('sessions outlive a restart, but not a new key', async t => {
  const DATA_DIR = await temporaryFolder(t)
  const first = await buildApi(t, { DATA_DIR })
  const cookie = cookieOf(await login(first))
  await first.app.close()

  const second = await buildApi(t, { DATA_DIR })
  t.equal((await second.callOpen('GET', '/api/functions', undefined, { cookie })).status, 200)
  await second.app.close()

  const third = await buildApi(t, { DATA_DIR, API_KEY: 'another-key' })
  t.equal((await third.callOpen('GET', '/api/functions', undefined, { cookie })).status, 401)
  t.same((await third.call('GET', '/api/auth/sessions')).json.sessions, [])
  await third.app.close()

  const fourth = await buildApi(t, { DATA_DIR })
  t.equal(
    (await fourth.callOpen('GET', '/api/functions', undefined, { cookie })).status,
    401,
    'the former key does not bring it back'
  )
})

t.test('neither token nor key is in the database', async t => {
  const api = await buildApi(t, { API_KEY: 'a-long-and-secret-key' })
  const token = cookieOf(await login(api, 'a-long-and-secret-key')).split('=')[1] ?? ''
  const copy = `${await temporaryFolder(t)}/copy.db`
  await api.app.storage.backup(copy)
  const { readFile } = await import('node:fs/promises')
  const bytes = await readFile(copy)
  t.not(token, '')
  t.equal(bytes.includes(token), false)
  t.equal(bytes.includes('a-long-and-secret-key'), false)
})

t.test('who signs in sends no more than a key has, however large other bodies may be', async t => {
  const { callOpen } = await buildApi(t)
  const { status, json } = await callOpen('POST', '/api/auth/login', {
    apiKey: 'x'.repeat(65 * 1024)
  })
  t.same(
    [status, json],
    [413, { success: false, error: 'The request body is larger than 65536 bytes' }]
  )
  t.equal(
    (await callOpen('POST', '/api/auth/login', { apiKey: 'x'.repeat(60 * 1024) })).status,
    401
  )
})
