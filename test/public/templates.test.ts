import root, { type Test } from 'tap'
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFile } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import { eventually } from '../helpers/eventually.js'
import { API_KEY, build } from '../helpers/build.js'
import { readSources } from './sources.js'

let started: Promise<FastifyInstance> | undefined
/** One server for all templates; each has a function of its own, which shares nothing. */
const serverOf = () =>
  (started ??= (async () => {
    const app = await build(root, { HTTP_ALLOW_PRIVATE: 'true' })
    await app.listen({ host: '127.0.0.1', port: 0 })
    return app
  })())

/** Runs the template on the server, as a function of its own. */
async function run(name: string, environment: Record<string, string> = {}) {
  const base = (await serverOf()).listeningOrigin
  const api = async (path: string, method: string, body: unknown) =>
    (
      await fetch(base + path, {
        method,
        headers: { authorization: `Bearer ${API_KEY}` },
        body: JSON.stringify(body)
      })
    ).json()
  const { id } = (await api('/api/functions', 'POST', {
    name,
    code: await readFile(`public/templates/${name}.lua`, 'utf8')
  })) as { id: string }
  if (Object.keys(environment).length > 0) {
    await api(`/api/functions/${id}/env`, 'PUT', { env_vars: environment })
  }
  return (path = '', init: RequestInit = {}) => fetch(`${base}/fn/${id}${path}`, init)
}

/** A stand-in for a service out there; gives its address. */
async function serve(t: Test, answer: object): Promise<string> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  t.teardown(() => {
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const post = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers
})

root.test('every template has a test here', async t => {
  const tests = await readFile('test/public/templates.test.ts', 'utf8')
  for (const { file } of await readSources('public/templates', '.lua')) {
    const name = /(\w+)\.lua$/.exec(file)![1]!
    t.match(tests, `run('${name}'`)
  }
})

root.test('http greets by name', async t => {
  const call = await run('http')
  t.match(await (await call('?name=Luna')).json(), {
    message: 'Hello, Luna!',
    method: 'GET',
    path: '/'
  })
})

root.test('rest keeps, gives and deletes notes', async t => {
  const call = await run('rest')
  t.equal((await call('/notes', post({ wrong: 1 }))).status, 400)
  const made = await call('/notes', post({ text: 'water the plants' }))
  t.equal(made.status, 201)
  const { id } = (await made.json()) as { id: string }
  t.match(await (await call('/notes')).json(), {
    count: 1,
    notes: [{ id, text: 'water the plants' }]
  })
  t.match(await (await call(`/notes/${id}`)).json(), { text: 'water the plants' })
  t.equal((await call(`/notes/${id}`, { method: 'DELETE' })).status, 204)
  t.equal((await call(`/notes/${id}`)).status, 404)
  t.equal((await call('/elsewhere')).status, 404)
})

root.test('rest says at its root what there is', async t => {
  const call = await run('rest')
  t.match(await (await call()).json(), {
    notes: /\/notes$/,
    routes: ['GET /notes', 'POST /notes', 'GET /notes/:id', 'DELETE /notes/:id']
  })
})

root.test('blank answers with nothing, successfully', async t => {
  const call = await run('blank')
  const response = await call()
  t.equal(response.status, 200)
  t.equal(await response.text(), '')
})

root.test('ai and email say what is to be set, and where', async t => {
  const chat = await run('ai')
  const refused = await chat('', post({ question: 'Why?' }))
  t.equal(refused.status, 503)
  t.same(await refused.json(), {
    error: 'Set OPENAI_API_KEY under Settings, Environment variables'
  })
  const mail = await run('email', { RESEND_API_KEY: 'k' })
  t.same(await (await mail('', post({ to: 'someone@example.org' }))).json(), {
    error: 'Set MAIL_FROM under Settings, Environment variables'
  })
})

root.test('counter counts', async t => {
  const call = await run('counter')
  await call()
  t.same(await (await call()).json(), { visits: 2 })
})

root.test('scheduled remembers that it ran', async t => {
  const call = await run('scheduled')
  t.match(await (await call('', { method: 'POST' })).json(), {
    on_schedule: false,
    ran_at: /^\d{4}-\d\d-\d\d /
  })
})

root.test('webhook takes what is signed and refuses what is not', async t => {
  const call = await run('webhook', { WEBHOOK_SECRET: 'shared secret' })
  const body = { type: 'payment' }
  const signature = `sha256=${createHmac('sha256', 'shared secret').update(JSON.stringify(body)).digest('hex')}`
  t.equal((await call('', post(body, { 'X-Signature-256': signature }))).status, 200)
  t.equal(
    (await call('', post(body, { 'X-Signature-256': signature.replace(/.$/, '-') }))).status,
    401
  )
  t.equal((await call('', post(body))).status, 401)
})

root.test('webhook without its secret trusts nobody', async t => {
  const call = await run('webhook')
  t.equal((await call('', post({}))).status, 503)
})

/** The job of that id, once it has come to its end. */
async function jobOf(t: Test, response: Response): Promise<{ status: string; error?: string }> {
  t.equal(response.status, 202)
  const { job_id: id } = (await response.json()) as { job_id: string }
  const base = (await serverOf()).listeningOrigin
  const read = async () =>
    (await (
      await fetch(`${base}/api/jobs/${id}`, { headers: { authorization: `Bearer ${API_KEY}` } })
    ).json()) as { status: string; error?: string }
  await eventually(t, async () => /^(?:succeeded|dead)$/.test((await read()).status), true)
  return read()
}

root.test('worker answers at once and works as a job, once for each order', async t => {
  const call = await run('worker')
  const order = post({ id: 'order-7' })
  t.match(await jobOf(t, await call('', order)), { status: 'succeeded' })
  const [first, again] = [await call('', order), await call('', order)]
  t.same(await first.json(), await again.json(), 'the same order is the same job')
  for (const wrong of [{}, { id: '' }, [], 5]) {
    t.equal((await call('', post(wrong))).status, 400)
  }
})

root.test('deliver delivers an event as a job, and gives up where nobody is', async t => {
  const target = await serve(t, { ok: true })
  const call = await run('deliver', { TARGET_URL: target })
  t.match(await jobOf(t, await call('', post({ type: 'payment' }))), { status: 'succeeded' })
  const base = (await serverOf()).listeningOrigin
  const gone = await run('deliver', { TARGET_URL: `${base}/fn/nobody` })
  t.match(await jobOf(t, await gone('', post({ type: 'payment' }))), {
    status: 'dead',
    error: 'the receiver is gone: 404'
  })
  const unset = await run('deliver')
  t.equal((await unset('', post({}))).status, 503)
})

root.test('chat tells what an alert says, and has it tried again where that fails', async t => {
  const told: string[] = []
  let status = 200
  const server = createServer((request, response) => {
    request.setEncoding('utf8').on('data', (text: string) => told.push(text))
    request.on('end', () => response.writeHead(status).end())
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  t.teardown(() => {
    server.close()
  })
  const call = await run('chat', {
    CHAT_WEBHOOK: `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  const alert = post({
    status: 'firing',
    title: '"shop" <failed>',
    text: 'a & b',
    url: 'http://x/'
  })
  t.equal((await call('', alert)).status, 200)
  t.same(JSON.parse(told[0] ?? ''), {
    text: '[failing] "shop" &lt;failed&gt;\na &amp; b\nhttp://x/'
  })
  status = 500
  t.equal((await call('', alert)).status, 502)
  for (const wrong of [{}, [], 5, { title: 5 }]) {
    t.equal((await call('', post(wrong))).status, 400)
  }
  const unset = await run('chat')
  t.equal((await unset('', alert)).status, 503)
})

root.test('page escapes what comes from outside', async t => {
  const call = await run('page')
  const response = await call('?name=%3Cscript%3E')
  t.match(response.headers.get('content-type'), /text\/html/)
  const html = await response.text()
  t.match(html, 'Good evening, &lt;script&gt;')
  t.notMatch(html, '<script>')
})

root.test('ai hands on the answer of the model', async t => {
  const endpoint = await serve(t, {
    model: 'm',
    choices: [{ message: { content: 'Forty-two.' } }],
    usage: { prompt_tokens: 3, completion_tokens: 2 }
  })
  const call = await run('ai', { OPENAI_API_KEY: 'k', OPENAI_ENDPOINT: endpoint })
  t.match(await (await call('', post({ question: 'Why?' }))).json(), { answer: 'Forty-two.' })
  t.equal((await call('', post({}))).status, 400)
})

root.test('email sends, and says what is missing', async t => {
  const endpoint = await serve(t, { id: 'mail-1' })
  const call = await run('email', {
    RESEND_API_KEY: 'k',
    MAIL_FROM: 'me@example.org',
    RESEND_BASE_URL: `${endpoint}/`
  })
  const sent = await call('', post({ to: 'someone@example.org', name: 'Ada' }))
  t.equal(sent.status, 202)
  t.same(await sent.json(), { id: 'mail-1' })
  t.equal((await call('', post({}))).status, 400)
})
