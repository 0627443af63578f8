// Who may call what: bearer key, login cookie, public routes, CORS.
import { test, OK_CODE } from '../lib/dsl.mjs'

export const area = 'api-auth'

/** Every [method, path, body] must answer 401 to a caller without credentials. */
function needAuth(name, options, ...routes) {
  return test(name, options, async t => {
    for (const [method, path, body] of routes) {
      const r = await t.raw(method, path, { body: body && JSON.stringify(body) })
      t.eq([r.status, r.json], [401, { error: 'Authentication required' }], `${method} ${path}`)
      t.match(r.headers['content-type'], /^application\/json/, 'content-type')
    }
  })
}

/** GET /api/functions must answer `status` to each set of headers. */
function listWith(name, options, status, ...sets) {
  return test(name, options, async t => {
    for (const make of sets) {
      const headers = make(t.key)
      t.eq(
        (await t.raw('GET', '/api/functions', { headers })).status,
        status,
        `status with ${Object.keys(headers).join(' and ')} number ${sets.indexOf(make) + 1}`
      )
    }
  })
}

/** Splits a Set-Cookie header into { name, value, attrs } with lower-case attribute names. */
function cookie(r) {
  const line = [].concat(r.headers['set-cookie'] ?? [])[0]
  if (!line) return undefined
  const [pair, ...rest] = line.split(';').map(s => s.trim())
  const attrs = Object.fromEntries(
    rest.map(a => {
      const [k, v = true] = a.split('=')
      return [k.toLowerCase(), v]
    })
  )
  const eq = pair.indexOf('=')
  return { name: pair.slice(0, eq), value: pair.slice(eq + 1), attrs, pair }
}

const login = (t, key) =>
  t.raw('POST', '/api/auth/login', {
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ apiKey: key })
  })

export default [
  needAuth(
    'reading-functions-needs-auth',
    { share: true },
    ['GET', '/api/functions'],
    ['GET', '/api/functions/x'],
    ['GET', '/api/functions/x/next-run']
  ),
  needAuth(
    'changing-functions-needs-auth',
    { share: true },
    ['POST', '/api/functions', { name: 'x', code: 'y' }],
    ['PUT', '/api/functions/x', { name: 'y' }],
    ['DELETE', '/api/functions/x'],
    ['PUT', '/api/functions/x/env', { env_vars: {} }]
  ),
  listWith('bearer-key-works', { share: true }, 200, key => ({ Authorization: `Bearer ${key}` })),
  test('login-answers-success', { share: true }, async t => {
    const r = await login(t, t.key)
    t.eq([r.status, r.json], [200, { success: true }], 'answer')
  }),
  test('login-cookie-attributes', { share: true }, async t => {
    const c = cookie(await login(t, t.key))
    t.ok(c, 'a cookie is set')
    t.eq(c.name, 'auth_token', 'name')
    t.eq(
      [c.attrs.path, c.attrs.httponly, c.attrs['max-age']],
      ['/', true, '86400'],
      'Path, HttpOnly, Max-Age'
    )
    t.match(c.attrs.samesite, /^strict$/i, 'SameSite')
    t.eq(c.attrs.secure ?? false, false, 'Secure over plain http')
  }),
  test('login-cookie-opens-the-api', { share: true }, async t => {
    const c = cookie(await login(t, t.key))
    t.eq(
      (await t.raw('GET', '/api/functions', { headers: { Cookie: c.pair } })).status,
      200,
      'status'
    )
    t.eq(
      (await t.raw('GET', '/api/functions', { headers: { Cookie: `theme=dark; ${c.pair}` } }))
        .status,
      200,
      'among other cookies'
    )
  }),
  test('login-with-wrong-key', { share: true }, async t => {
    const r = await login(t, `${t.key}-no`)
    t.eq([r.status, r.json], [401, { success: false, error: 'Invalid API key' }], 'answer')
    t.eq(cookie(r), undefined, 'cookie')
  }),
  test('invoking-needs-no-auth', { share: true }, async t => {
    const fn = await t.create(OK_CODE)
    t.eq((await t.invoke(fn.id)).status, 200, 'status')
  }),
  test('cors-headers-on-every-answer', { share: true }, async t => {
    const fn = await t.create(OK_CODE)
    const answers = {
      200: await t.api('GET', '/api/functions'),
      401: await t.raw('GET', '/api/functions'),
      404: await t.api('GET', '/api/functions/nosuchfunction'),
      invocation: await t.invoke(fn.id)
    }
    for (const [k, r] of Object.entries(answers)) {
      t.eq(r.headers['access-control-allow-origin'], '*', `${k} origin`)
      for (const h of [
        'x-function-id',
        'x-function-version-id',
        'x-execution-id',
        'x-execution-duration-ms'
      ]) {
        t.contains(
          r.headers['access-control-expose-headers']?.toLowerCase(),
          h,
          `${k} exposed headers`
        )
      }
    }
  })
]
