/** Listeners of live events whose session ends. */
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { createAccessWatchers } from '../../../plugins/auth/access-watchers.js'
import { API_KEY } from '../../helpers/build.js'
import { buildApi, type Api } from '../../helpers/api.js'

async function start(t: Test): Promise<Api & { readonly base: string }> {
  const api = await buildApi(t)
  await api.app.listen({ port: 0, host: '127.0.0.1' })
  return { ...api, base: `http://127.0.0.1:${(api.app.server.address() as AddressInfo).port}` }
}

async function signIn({ callOpen }: Api): Promise<string> {
  const { headers } = await callOpen('POST', '/api/auth/login', { apiKey: API_KEY })
  return String(headers['set-cookie']).split(';', 1)[0] ?? ''
}

/** A stream that is open; `ended` resolves at its end. */
async function listen(
  base: string,
  headers: Record<string, string>
): Promise<{ readonly stream: IncomingMessage; readonly ended: Promise<unknown> }> {
  const [stream] = (await once(
    get(`${base}/api/events`, { headers, agent: false }),
    'response'
  )) as [IncomingMessage]
  const ended = once(stream, 'end')
  await once(stream, 'data')
  stream.resume()
  return { stream, ended }
}

t.test('a listener ends with the logout of its session, others stay', async t => {
  const api = await start(t)
  const [mine, other] = [await signIn(api), await signIn(api)]
  const leaving = await listen(api.base, { cookie: mine })
  const staying = [
    await listen(api.base, { cookie: other }),
    await listen(api.base, { authorization: `Bearer ${API_KEY}` })
  ]
  await api.callOpen('POST', '/api/auth/logout', undefined, { cookie: mine })
  await leaving.ended
  t.same(
    staying.map(({ stream }) => stream.readableEnded),
    [false, false]
  )
  for (const { stream } of staying) stream.destroy()
})

t.test('a listener ends when its session is ended from elsewhere', async t => {
  const api = await start(t)
  const cookies = [await signIn(api), await signIn(api)]
  const [first, second] = await Promise.all(cookies.map(cookie => listen(api.base, { cookie })))
  const { sessions } = (
    await api.callOpen('GET', '/api/auth/sessions', undefined, { cookie: cookies[0] as string })
  ).json
  const { id } = sessions.find(({ current }: { current: boolean }) => current)
  await api.call('DELETE', `/api/auth/sessions/${id}`)
  await first?.ended
  t.equal(second?.stream.readableEnded, false)
  await api.call('DELETE', '/api/auth/sessions')
  await second?.ended
})

t.test(
  'a session that expires is told of then, once, and to nobody who asked no longer',
  async t => {
    let calls = 0
    const { watch, tell, tellAll } = createAccessWatchers(() => 1000)
    const ended = new Promise<void>(resolve => {
      watch({ id: 'a', expiresAt: 1000 }, () => {
        calls++
        resolve()
      })
    })
    // Nothing else keeps this process waiting.
    const keep = setInterval(() => {}, 1000)
    await ended
    clearInterval(keep)
    watch({ id: 'a', expiresAt: 2000 }, () => {
      calls += 10
    })()
    tell('a')
    tellAll()
    t.equal(calls, 1)
  }
)
