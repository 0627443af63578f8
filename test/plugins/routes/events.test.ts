/** Live events over a real connection. */
import type { AddressInfo } from 'node:net'
import { get, type IncomingMessage } from 'node:http'
import t from 'tap'
import { API_KEY } from '../../helpers/build.js'
import { buildApi, type Api } from '../../helpers/api.js'

const headers = { authorization: `Bearer ${API_KEY}` }

async function listen(api: Api): Promise<string> {
  await api.app.listen({ port: 0, host: '127.0.0.1' })
  return `http://127.0.0.1:${(api.app.server.address() as AddressInfo).port}`
}

const connect = (url: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    get(url, { headers, agent: false }, resolve).on('error', reject)
  })

/** Resolves with all that came, as soon as it matches. */
function heard(stream: IncomingMessage, what: RegExp): Promise<string> {
  let text = ''
  return new Promise((resolve, reject) => {
    stream.on('data', chunk => {
      text += String(chunk)
      if (what.test(text)) resolve(text)
    })
    stream.on('close', () => {
      reject(new Error(`the stream ended: ${text}`))
    })
  })
}

t.test('a run arrives as it ends, as the API shows it', async t => {
  const api = await buildApi(t)
  const base = await listen(api)
  const [id, other] = [await api.create(), await api.create()]
  const stream = await connect(`${base}/api/events?function_id=${id}`)
  t.match(stream.headers, { 'content-type': /^text\/event-stream/, 'cache-control': 'no-store' })
  await heard(stream, /: listening/)
  const end = heard(stream, /"status":"success"[^]*\n\n/)
  await api.callOpen('GET', `/fn/${other}`)
  const call = await api.callOpen('GET', `/fn/${id}`)
  const text = await end
  t.equal(/^id: (.*)$/m.exec(text)?.[1], call.headers['x-execution-id'])
  const { response_json: saved, ...shown } = (
    await api.call('GET', `/api/executions/${String(call.headers['x-execution-id'])}`)
  ).json
  t.equal(saved, undefined)
  // On a slow machine the run is told of as pending first.
  t.strictSame(JSON.parse(/^data: (.*"status":"success".*)$/m.exec(text)?.[1] ?? ''), shown)
  stream.destroy()
})

t.test('of a large event a listener gets what lists show', async t => {
  const api = await buildApi(t)
  const base = await listen(api)
  const id = await api.create()
  const stream = await connect(`${base}/api/events`)
  await heard(stream, /: listening/)
  const end = heard(stream, /"status":"success"[^]*\n\n/)
  await api.callOpen('POST', `/fn/${id}`, 'x'.repeat(5_000_000))
  const told = JSON.parse(/^data: (.*"status":"success".*)$/m.exec(await end)?.[1] ?? '')
  t.strictSame(told, (await api.call('GET', `/api/functions/${id}/executions`)).json.executions[0])
  t.match(JSON.parse(told.event_json), { truncated: true, bodySize: 5_000_000 })
  stream.destroy()
})

t.test('a long run arrives as pending and then as finished', async t => {
  const api = await buildApi(t)
  const base = await listen(api)
  const id = await api.create({
    code: 'function handler()\n  time.sleep(1000)\n  return {}\nend\n'
  })
  const stream = await connect(`${base}/api/events`)
  const end = heard(stream, /"status":"success"/)
  await api.callOpen('GET', `/fn/${id}`)
  const text = await end
  t.same(
    [...text.matchAll(/"status":"(\w+)"/g)].map(([, status]) => status),
    ['pending', 'success']
  )
  stream.destroy()
})

t.test('a hundred may listen, and who is gone makes room', async t => {
  const api = await buildApi(t)
  const url = `${await listen(api)}/api/events`
  const streams = await Promise.all(Array.from({ length: 100 }, () => connect(url)))
  t.ok(streams.every(({ statusCode }) => statusCode === 200))
  const refused = await connect(url)
  t.same([refused.statusCode, refused.headers['retry-after']], [503, '10'])
  refused.resume()
  for (const stream of streams) stream.destroy()
  // The server hears of each in its own time.
  const again: IncomingMessage[] = []
  while (again.length < 100) {
    const stream = await connect(url)
    if (stream.statusCode === 200) again.push(stream)
    else stream.resume()
  }
  t.equal(again.length, 100)
  for (const stream of again) stream.destroy()
})

t.test('an open stream does not hold up the end of the server', async t => {
  const api = await buildApi(t)
  const stream = await connect(`${await listen(api)}/api/events`)
  const ended = new Promise(resolve => {
    stream.on('end', resolve).resume()
  })
  await api.app.close()
  await ended
  t.pass('closed')
})

t.test('a stream needs a key, and a function that is there', async t => {
  const { call, callOpen } = await buildApi(t)
  t.equal((await callOpen('GET', '/api/events')).status, 401)
  t.match(await call('GET', '/api/events?function_id=none'), {
    status: 404,
    json: { error: 'Function not found' }
  })
})

t.test('HEAD tells the type and ends', async t => {
  const { call } = await buildApi(t)
  t.match(await call('HEAD', '/api/events'), {
    status: 200,
    headers: { 'content-type': /^text\/event-stream/ },
    text: ''
  })
})
