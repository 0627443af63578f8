import t from 'tap'
import { buildApi } from '../../../helpers/api.js'

const API_KEY = 'the-key-of-this-very-server'
const SHOW =
  'function handler(ctx, event)\n  return { body = json.encode({ headers = event.headers, query = event.query }) }\nend\n'

const api = await buildApi(t, { API_KEY })
const id = await api.create({ code: SHOW })

interface Seen {
  readonly headers: Record<string, string>
  readonly query: Record<string, string>
}

/** What a function sees of such a call, and what is stored of it. */
async function see(
  headers: Record<string, string>,
  query = ''
): Promise<Seen & { readonly stored: string }> {
  const answer = await api.callOpen('GET', `/fn/${id}${query}`, undefined, headers)
  const stored = await api.call(
    'GET',
    `/api/executions/${String(answer.headers['x-execution-id'])}`
  )
  return { ...answer.json, stored: stored.json.event_json }
}

t.test('the session of the dashboard does not reach a function, other cookies do', async t => {
  const cookies = [
    ['auth_token=s3ss10n', undefined],
    ['theme=dark; auth_token=s3ss10n; lang=pt', 'theme=dark; lang=pt'],
    ['auth_token=s3ss10n; theme=dark', 'theme=dark'],
    ['theme=dark;auth_token = s3ss10n', 'theme=dark'],
    ['auth_token="s3ss10n"; auth_token=s3ss10n; a=1', 'a=1'],
    ['AUTH_TOKEN=s3ss10n; a=1', 'a=1'],
    ['=auth_token=s3ss10n; a=1', 'a=1'],
    [
      'my_auth_token=1; auth_token2=2; __Host-auth_token=3; a=auth_token',
      'my_auth_token=1; auth_token2=2; __Host-auth_token=3; a=auth_token'
    ]
  ] as const
  for (const [cookie, kept] of cookies) {
    const { headers, stored } = await see({ cookie, 'x-other': 'x' })
    t.equal(headers.Cookie, kept, cookie)
    t.equal(headers['X-Other'], 'x')
    t.notMatch(stored, 's3ss10n')
  }
})

t.test(
  'the key of the server does not reach a function, in whatever header or parameter it is sent',
  async t => {
    const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`
    const sent: Array<Record<string, string>> = [
      { authorization: `Bearer ${API_KEY}` },
      { authorization: `bearer  ${API_KEY}` },
      { authorization: API_KEY },
      { authorization: basic(`me:${API_KEY}`) },
      { authorization: basic(`${API_KEY}:`) },
      { 'proxy-authorization': `Bearer ${API_KEY}` },
      { 'x-api-key': API_KEY },
      { 'x-api-key': `key="${API_KEY}"` },
      { cookie: `key=${API_KEY}` },
      { referer: `http://localhost/?key=${API_KEY}&x=1` }
    ]
    for (const headers of sent) {
      const seen = await see(headers, '?a=1')
      const [name = ''] = Object.keys(headers)
      t.notOk(
        Object.keys(seen.headers).some(other => other.toLowerCase() === name),
        JSON.stringify(headers)
      )
      t.equal(seen.query.a, '1')
      t.notMatch(seen.stored, API_KEY)
    }
    const { query, stored } = await see(
      {},
      `?key=${API_KEY}&api=${encodeURIComponent(`Bearer ${API_KEY}`)}&b=2`
    )
    t.same(query, { b: '2' })
    t.notMatch(stored, API_KEY)
  }
)

t.test('other credentials pass', async t => {
  const sent = {
    authorization: `Bearer ${API_KEY}x`,
    'x-api-key': 'the-key-of-that-other-thing',
    cookie: 'session=1'
  }
  t.match(await see(sent, '?token=abc'), {
    headers: {
      Authorization: sent.authorization,
      'X-Api-Key': sent['x-api-key'],
      Cookie: 'session=1'
    },
    query: { token: 'abc' }
  })
})

t.test('nor do session and key reach a draft', async t => {
  const headers = { Cookie: 'auth_token=s3ss10n; a=1', Authorization: `Bearer ${API_KEY}` }
  const { json } = await api.call('POST', `/api/functions/${id}/draft`, {
    code: SHOW,
    event: { headers, query: { key: API_KEY } }
  })
  t.same(JSON.parse(json.body), { headers: { Cookie: 'a=1' }, query: {} })
})

t.test('who calls from outside cannot say that the scheduler does', async t => {
  const forged = {
    'x-trigger': 'cron',
    'X-TRIGGER': 'cron',
    'x-cron-schedule': '* * * * *',
    'X-Cron-Whatever': '1',
    'x-moonlet-chain': '1.1.00',
    'x-cronology': 'kept'
  }
  const { headers, stored } = await see(forged)
  t.notMatch(Object.keys(headers).join(), /trigger|x-cron-|chain/i)
  t.equal(headers['X-Cronology'], 'kept')
  t.notMatch(stored, /trigger|x-cron-|chain/i)
})

t.test(
  'nor does a key in base64, which has characters in it that else stand around one',
  async t => {
    const key = 'q83/7g+ab/cdEF0123456789abcdefghijklmnopqrs='
    const other = await buildApi(t, { API_KEY: key })
    const shows = await other.create({ code: SHOW })
    const sent: Array<Record<string, string>> = [
      { authorization: `Bearer ${key}` },
      { authorization: `Bearer  ${key}` },
      { authorization: `Basic ${Buffer.from(`me:${key}`).toString('base64')}` },
      { 'x-api-key': key },
      { 'x-key': `key=${key}` },
      { cookie: `theme=dark; key=${key}; lang=pt` }
    ]
    for (const headers of sent) {
      const { json } = await other.callOpen(
        'GET',
        `/fn/${shows}?k=${encodeURIComponent(key)}&page=2`,
        undefined,
        headers
      )
      t.notMatch(JSON.stringify(json), 'q83', JSON.stringify(headers))
      t.same(json.query, { page: '2' })
      if (headers.cookie !== undefined) t.equal(json.headers.Cookie, 'theme=dark; lang=pt')
    }
  }
)
