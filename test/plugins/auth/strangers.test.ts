/** What those who have no key can do at the doors that are open to all. */
import t from 'tap'
import { API_KEY } from '../../helpers/build.js'
import { buildApi, type Api, type ApiAnswer } from '../../helpers/api.js'

const login = (
  { callOpen }: Pick<Api, 'callOpen'>,
  apiKey: unknown = API_KEY,
  headers: Record<string, string> = {}
) => callOpen('POST', '/api/auth/login', { apiKey }, headers)

/** The pair that a browser would send back. */
const cookieOf = ({ headers }: ApiAnswer) => String(headers['set-cookie']).split(';', 1)[0] ?? ''

/** What twenty-one wrong attempts are answered, without doubles. */
async function statuses(attempt: (i: number) => Promise<ApiAnswer>): Promise<number[]> {
  const answers: number[] = []
  for (let i = 0; i < 20; i++) answers.push((await attempt(i)).status)
  return [...new Set([...answers, (await attempt(20)).status])]
}

const wrongAttempts: Record<string, (api: Api, i: number) => Promise<ApiAnswer>> = {
  'a key at the login': (api, i) => login(api, `wrong ${i}`),
  'a bearer key': ({ callOpen }, i) =>
    callOpen('GET', '/api/functions', undefined, { authorization: `Bearer wrong${i}` }),
  'a bearer key at /metrics': ({ callOpen }) =>
    callOpen('GET', '/metrics', undefined, { authorization: 'Bearer wrong' }),
  'a session token': ({ callOpen }, i) =>
    callOpen('GET', '/api/functions', undefined, { cookie: `auth_token=wrong${i}` })
}

for (const [kind, attempt] of Object.entries(wrongAttempts)) {
  t.test(
    `twenty times ${kind} that is wrong is 401, then 429, and what is right passes all the same`,
    async t => {
      const api = await buildApi(t)
      const cookie = cookieOf(await login(api))
      t.same(await statuses(i => attempt(api, i)), [401, 429])
      for (const other of Object.values(wrongAttempts)) {
        const answer = await other(api, 0)
        t.match(
          [answer.status, answer.headers['retry-after']],
          [429, /^\d+$/],
          'they share one count'
        )
        t.equal(
          answer.json.error,
          `Too many wrong keys from this address; try again in ${String(answer.headers['retry-after'])} seconds`
        )
      }
      t.equal((await api.call('GET', '/api/functions')).status, 200, 'the key')
      t.equal(
        (await api.callOpen('GET', '/api/functions', undefined, { cookie })).status,
        200,
        'a session'
      )
      t.equal(
        (
          await api.callOpen('GET', '/api/functions', undefined, {
            cookie,
            authorization: 'Bearer wrong'
          })
        ).status,
        200,
        'a session beside a wrong key'
      )
      t.equal((await attempt(api, 0)).status, 429, 'which does not make wrong ones free again')
      t.equal(
        (await api.callOpen('GET', '/api/functions')).status,
        401,
        'who sends nothing does not guess'
      )
      t.match(
        await login(api),
        { status: 200, json: { success: true }, headers: { 'set-cookie': /^auth_token=/ } },
        'the login'
      )
    }
  )
}

t.test('what is no attempt is not counted', async t => {
  const { callOpen } = await buildApi(t)
  for (let i = 0; i < 25; i++) {
    for (const headers of [
      {},
      { authorization: 'Bearer ' },
      { authorization: 'Basic eDp5' },
      { cookie: 'auth_token=; a=1' }
    ]) {
      t.equal(
        (await callOpen('GET', '/api/functions', undefined, headers as Record<string, string>))
          .status,
        401
      )
    }
    t.equal((await callOpen('POST', '/api/auth/login', { apiKey: '' })).status, 401)
  }
})

t.test(
  'a page of another site can sign nobody in or out, programs and the own page can',
  async t => {
    const api = await buildApi(t)
    const cookie = cookieOf(await login(api))
    const host = 'moonlet.test'
    const foreign: Array<Record<string, string>> = [
      { origin: 'http://evil.test' },
      { origin: 'null' },
      { origin: 'http://moonlet.test:81' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' }
    ]
    const own: Array<Record<string, string>> = [
      {},
      { origin: 'http://moonlet.test' },
      { 'sec-fetch-site': 'same-origin', origin: 'http://moonlet.test' },
      { 'sec-fetch-site': 'none' }
    ]
    const refused = {
      status: 403,
      json: { success: false, error: 'A page of another origin cannot sign in or out here' }
    }
    for (const headers of foreign) {
      const answers = [
        await login(api, API_KEY, { host, ...headers }),
        await api.callOpen('POST', '/api/auth/logout', undefined, { host, cookie, ...headers })
      ]
      for (const answer of answers) {
        t.match(answer, refused, JSON.stringify(headers))
        t.notOk('set-cookie' in answer.headers)
      }
    }
    t.equal(
      (await api.callOpen('GET', '/api/functions', undefined, { cookie })).status,
      200,
      'still signed in'
    )
    for (const headers of own) {
      const answer = await login(api, API_KEY, { host, ...headers })
      t.equal(answer.status, 200, JSON.stringify(headers))
      t.equal(
        (
          await api.callOpen('POST', '/api/auth/logout', undefined, {
            host,
            cookie: cookieOf(answer),
            ...headers
          })
        ).status,
        200
      )
      t.equal(
        (await api.callOpen('GET', '/api/functions', undefined, { cookie: cookieOf(answer) }))
          .status,
        401
      )
    }
  }
)
