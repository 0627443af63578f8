/** Callers that hang up while their calls wait: real sockets, a sandbox that is kept busy by a server of the test. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { API_KEY, build } from '../../../helpers/build.js'
import { eventually } from '../../../helpers/eventually.js'
import { portOf, saveCode, saveWaiting, startGate } from '../../../helpers/gate.js'

const headers = { authorization: `Bearer ${API_KEY}` }

/** An app with one sandbox, which runs the first call of the function `id` until the gate opens. */
async function startBusy(t: Test, settings: Record<string, string>) {
  const gate = await startGate(t)
  const app = await build(t, { SANDBOX_MAX: '1', HTTP_ALLOW_PRIVATE: 'true', ...settings })
  const base = await app.listen({ port: 0, host: '127.0.0.1' })
  const id = await saveWaiting(app, gate, 'event.body')
  const gone: Array<string | undefined> = []
  app.invoker.onCall(({ refusal }) => {
    if (refusal !== undefined) gone.push(refusal)
  })
  const call = async (body: string) => {
    const answer = await fetch(`${base}/fn/${id}`, { method: 'POST', body })
    return [answer.status, await answer.text()]
  }
  const first = call('first')
  await eventually(t, async () => app.scheduler.counts().busy, 1)
  return { app, base, gate, id, call, first, gone }
}

const waits = (t: Test, app: FastifyInstance, count: number) =>
  eventually(t, async () => app.scheduler.counts().waiting, count)

/** Sends the text on a connection of its own. */
async function open(app: FastifyInstance, text: string): Promise<Socket> {
  const socket = connect(portOf(app.server), '127.0.0.1').on('error', () => {})
  await once(socket, 'connect')
  socket.write(text)
  return socket
}

const post = (id: string, body: string) =>
  `POST /fn/${id} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`

async function bodiesOf(app: FastifyInstance, id: string): Promise<string[]> {
  const url = `/api/functions/${id}/executions?limit=100`
  const { executions } = (await app.inject({ url, headers })).json<{
    executions: Array<{ event_json: string }>
  }>()
  return executions
    .map(({ event_json: event }) => (JSON.parse(event) as { body: string }).body)
    .reverse()
}

t.test(
  'a caller that hangs up while it waits leaves the queue at once, is not run, and the next live caller gets the place',
  async t => {
    const { app, gate, id, call, first, gone } = await startBusy(t, { QUEUE_LIMIT: '3' })
    const dead = await Promise.all(['d1', 'd2', 'd3'].map(body => open(app, post(id, body))))
    await waits(t, app, 3)
    t.same((await call('too many'))[0], 503, 'the queue is full')
    for (const socket of dead) socket.destroy()
    await waits(t, app, 0)
    const live = ['l1', 'l2', 'l3'].map(call)
    await waits(t, app, 3)
    gate.open()
    t.same(await Promise.all([first, ...live]), [
      [200, 'first'],
      [200, 'l1'],
      [200, 'l2'],
      [200, 'l3']
    ])
    t.same((await bodiesOf(app, id)).sort(), ['first', 'l1', 'l2', 'l3'])
    t.same(gone, ['QUEUE_FULL', 'CALLER_GONE', 'CALLER_GONE', 'CALLER_GONE'])
  }
)

t.test(
  'of a long queue all who hang up leave, those whose bodies were not read yet too',
  async t => {
    const { app, gate, id, call, first, gone } = await startBusy(t, { QUEUE_LIMIT: '300' })
    const dead = await Promise.all(
      Array.from({ length: 300 }, (_, i) => open(app, post(id, `dead ${i}`)))
    )
    await waits(t, app, 300)
    t.ok(app.scheduler.admission.isBacklogged(id), 'some are parked')
    for (const socket of dead) socket.destroy()
    await waits(t, app, 0)
    const live = call('live')
    await waits(t, app, 1)
    gate.open()
    t.same(await Promise.all([first, live]), [
      [200, 'first'],
      [200, 'live']
    ])
    t.same(await bodiesOf(app, id), ['first', 'live'])
    t.same(
      gone,
      dead.map(() => 'CALLER_GONE')
    )
  }
)

t.test('calls sent ahead on one connection leave with it', async t => {
  const { app, gate, id, call, first } = await startBusy(t, { QUEUE_LIMIT: '20' })
  const socket = await open(
    app,
    Array.from({ length: 20 }, (_, i) => post(id, `ahead ${i}`)).join('')
  )
  await waits(t, app, 20)
  socket.destroy()
  await waits(t, app, 0)
  const live = call('live')
  await waits(t, app, 1)
  gate.open()
  t.same(await Promise.all([first, live]), [
    [200, 'first'],
    [200, 'live']
  ])
})

t.test('drafts, reruns and syntax checks leave with their callers too', async t => {
  const { app, base, gate, id, call, first } = await startBusy(t, { QUEUE_LIMIT: '4' })
  const execution = (await app.inject({ url: `/api/functions/${id}/executions`, headers })).json<{
    executions: Array<{ id: string }>
  }>().executions[0]?.id
  const leaving = new AbortController()
  const body = JSON.stringify({ code: 'function handler() return {} end' })
  const asks: Array<[path: string, body: string]> = [
    [`/api/functions/${id}/draft`, body],
    [`/api/executions/${execution}/rerun`, ''],
    ['/api/check', body]
  ]
  const dead = asks.map(([path, body]) =>
    fetch(`${base}${path}`, { method: 'POST', headers, body, signal: leaving.signal }).catch(
      () => {}
    )
  )
  await waits(t, app, 3)
  leaving.abort()
  await Promise.all(dead)
  await waits(t, app, 0)
  const live = call('live')
  await waits(t, app, 1)
  gate.open()
  t.same(await Promise.all([first, live]), [
    [200, 'first'],
    [200, 'live']
  ])
  t.same(await bodiesOf(app, id), ['first', 'live'])
})

t.test(
  'a call that a slow one holds up goes back to the queue and ends there with its caller, and its record ends too',
  async t => {
    const gate = await startGate(t)
    const app = await build(t, { SANDBOX_MAX: '1', HTTP_ALLOW_PRIVATE: 'true' })
    const base = await app.listen({ port: 0, host: '127.0.0.1' })
    const id = await saveCode(
      app,
      `function handler(ctx, event)
    if event.body == "slow" then http.get("http://127.0.0.1:${gate.port}/") end
    return { body = event.body }
  end`
    )
    const call = async (body: string) =>
      await (await fetch(`${base}/fn/${id}`, { method: 'POST', body })).text()
    // Its runs are short until then, so that further ones go into the pipe of its process.
    for (let i = 0; i < 30; i++) await call('quick')
    const slow = call('slow')
    await eventually(t, async () => app.scheduler.counts().busy, 1)
    const dead = await open(app, post(id, 'held up'))
    await waits(t, app, 1)
    dead.destroy()
    await waits(t, app, 0)
    const ended = async () => {
      const url = `/api/functions/${id}/executions?limit=2`
      const { executions } = (await app.inject({ url, headers })).json<{
        executions: Array<{ status: string; error_message?: string }>
      }>()
      return executions.map(({ status, error_message: message }) => `${status} ${message ?? ''}`)
    }
    await eventually(
      t,
      async () => (await ended()).some(text => /error .*hung up/.test(text)),
      true
    )
    gate.open()
    t.equal(await slow, 'slow')
    t.notOk((await ended()).some(text => text.startsWith('pending')))
  }
)
