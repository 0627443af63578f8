import { createHmac } from 'node:crypto'
import t, { type Test } from 'tap'
import type { InjectOptions } from 'fastify'
import { API_KEY, build } from '../../helpers/build.js'
import { cookbook } from '../../../plugins/lua-docs/cookbook/programs.js'

const app = await build(t)

/** Saves the program and gives what calls it. */
async function save(title: string, variables: Record<string, string> = {}) {
  const program = cookbook.find(program => program.title === title)
  if (program === undefined) throw new Error(`the cookbook has no "${title}"`)
  const headers = { authorization: `Bearer ${API_KEY}` }
  const { id } = (
    await app.inject({
      method: 'POST',
      url: '/api/functions',
      headers,
      payload: { name: 'cook', code: program.code }
    })
  ).json()
  if (Object.keys(variables).length > 0) {
    await app.inject({
      method: 'PUT',
      url: `/api/functions/${id}/env`,
      headers,
      payload: { env_vars: variables }
    })
  }
  return {
    id,
    call: (
      method: InjectOptions['method'],
      path: string,
      more: Omit<InjectOptions, 'method' | 'url'> = {}
    ) => app.inject({ ...more, method, url: `/fn/${id}${path}` })
  }
}

/** Runs the function as its schedule does: the trigger alone says so, no header. */
async function runBySchedule(id: string): Promise<{ response: string }> {
  const found = await app.functionCache.get(id)
  if (found?.active === undefined) throw new Error('the function is not there')
  const path = `/fn/${id}`
  const event = {
    method: 'POST',
    path,
    relativePath: '/',
    headers: {},
    query: {},
    body: new Uint8Array(0)
  }
  const outcome = await app.invoker.invoke({
    fn: found.fn,
    version: found.active,
    trigger: 'cron',
    event,
    requestId: 'r',
    record: true
  })
  return { response: Buffer.from(outcome.answer?.body ?? []).toString() }
}

const tests: Readonly<Record<string, (t: Test, title: string) => Promise<void>>> = {
  'A JSON API with several routes': async (t, title) => {
    const { call } = await save(title)
    t.equal((await call('GET', '/todos')).body, '[]')
    t.equal((await call('POST', '/todos', { payload: 'nonsense' })).statusCode, 400)
    const made = await call('POST', '/todos', { payload: '{"title":" tea "}' })
    t.equal(made.statusCode, 201)
    t.match(made.json(), { title: 'tea', done: false })
    t.equal((await call('GET', '/todos')).json().length, 1)
    const path = `/todos/${made.json().id}`
    t.equal((await call('GET', path)).json().title, 'tea')
    t.equal((await call('PUT', path)).statusCode, 405)
    t.equal((await call('DELETE', path)).statusCode, 204)
    t.equal((await call('GET', path)).statusCode, 404)
    t.equal((await call('GET', '/other')).statusCode, 404)
  },
  'An HTML page with a form and a cookie': async (t, title) => {
    const { id, call } = await save(title)
    t.match((await call('GET', '')).body, 'Hello, stranger')
    const posted = await call('POST', '', { payload: 'name=Ann+%3Cb%3E' })
    t.equal(posted.statusCode, 303)
    t.equal(posted.headers.location, `/fn/${id}/`)
    t.match(posted.headers['set-cookie'], 'name=Ann+%3Cb%3E')
    t.match(
      (await call('GET', '', { headers: { cookie: 'other=1; name=Ann+%3Cb%3E' } })).body,
      'Hello, Ann &lt;b&gt;'
    )
  },
  'A rate limit, and an email': async (t, title) => {
    const { call } = await save(title)
    const send = () => call('POST', '', { payload: '{"email":"a@example.org","message":"hi"}' })
    t.equal((await call('POST', '', { payload: '{}' })).statusCode, 400)
    // Without a key the mail fails, which the function answers in its own words.
    for (let i = 0; i < 5; i++) t.equal((await send()).statusCode, 502)
    const refused = await send()
    t.equal(refused.statusCode, 429)
    t.equal(refused.headers['retry-after'], '3600')
  },
  'A webhook with a signature': async (t, title) => {
    const { call } = await save(title, { WEBHOOK_SECRET: 's3cret' })
    const payload = '{"action":"opened"}'
    const signature = `sha256=${createHmac('sha256', 's3cret').update(payload).digest('hex')}`
    const deliver = (signature: string) =>
      call('POST', '', {
        payload,
        headers: { 'x-hub-signature-256': signature, 'x-github-delivery': 'd1' }
      })
    t.equal((await deliver('sha256=no')).statusCode, 401)
    t.equal((await deliver(signature)).statusCode, 202)
    t.same((await deliver(signature)).json(), { status: 'seen before' })
  },
  'Calling another API, with a cache': async (t, title) => {
    const { call } = await save(title)
    t.equal((await call('GET', '')).statusCode, 400)
    t.equal((await call('GET', '?city=Rome')).statusCode, 502)
  },
  'A link shortener': async (t, title) => {
    const { id, call } = await save(title)
    t.equal((await call('POST', '', { payload: 'javascript:alert(1)' })).statusCode, 400)
    const made = await call('POST', '', { payload: 'https://example.org/a?b=c' })
    t.equal(made.statusCode, 201)
    const code = made.json().short.split(`/fn/${id}`)[1]
    const opened = await call('GET', code)
    t.equal(opened.statusCode, 302)
    t.equal(opened.headers.location, 'https://example.org/a?b=c')
    t.equal((await call('GET', '/nothing')).statusCode, 404)
  },
  'An image, and binary data': async (t, title) => {
    const { call } = await save(title)
    const pixel = await call('GET', '/pixel.gif')
    t.equal(pixel.headers['content-type'], 'image/gif')
    t.equal(pixel.rawPayload.subarray(0, 6).toString(), 'GIF89a')
    t.match((await call('GET', '')).body, 'views: 1')
  },
  'A scheduled job': async (t, title) => {
    const { id, call } = await save(title)
    t.equal(
      (await call('POST', '', { headers: { 'x-trigger': 'cron' } })).body,
      'no report yet',
      'a forged header makes no report'
    )
    const { response } = await runBySchedule(id)
    t.same(JSON.parse(response), { lines: 0 })
    t.match((await call('GET', '')).body, /^Report for \d{4}-\d\d-\d\d\n/)
  },
  'A question to a language model': async (t, title) => {
    const { call } = await save(title)
    t.equal((await call('POST', '')).statusCode, 400)
    const answer = await call('POST', '', { payload: 'a long text' })
    t.equal(answer.statusCode, 502)
    t.match(answer.json().error, 'OPENAI_API_KEY')
  }
}

t.test('every program of the cookbook has a test', async t => {
  t.same(Object.keys(tests).sort(), cookbook.map(program => program.title).sort())
})

for (const [title, run] of Object.entries(tests)) {
  t.test(`the cookbook: ${title}`, async t => {
    await run(t, title)
  })
}
