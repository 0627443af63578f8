/** A function at a name of its own, over HTTP. */
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { buildApi } from '../../helpers/api.js'

const { app, call, create } = await buildApi(t)
await app.listen({ port: 0, host: '127.0.0.1' })
const base = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`

const ECHO = `function handler(ctx, event)
  return { body = json.encode({ id = ctx.functionId, path = event.path, relativePath = event.relativePath }) }
end`

const get = async (path: string): Promise<{ status: number; json: Record<string, unknown> }> => {
  const response = await fetch(base + path)
  return { status: response.status, json: (await response.json()) as Record<string, unknown> }
}

t.test('a function answers at its slug, at its id and below both', async t => {
  const id = await create({ code: ECHO, slug: 'hello' })
  for (const name of ['hello', id, '%68ello']) {
    t.match(await get(`/fn/${name}?x=1`), { status: 200, json: { id, relativePath: '/' } })
    t.match(await get(`/fn/${name}/a/b%20c`), { status: 200, json: { id, relativePath: '/a/b c' } })
  }
  t.match(await get('/fn/hello/a'), { json: { path: '/fn/hello/a' } })
  t.equal((await get('/fn/Hello')).status, 404, 'in lower case only')
  t.match((await app.inject('/fn/hello')).json(), { id }, 'also without a socket')
  const executions = (await call('GET', `/api/functions/${id}/executions`)).json
  t.equal(executions.pagination.total, 8, 'its calls are in its history')
})

t.test('a call follows the slug as soon as its change is answered', async t => {
  const first = await create({ code: ECHO })
  const second = await create({ code: ECHO })
  const slugTo = (id: string, slug: string) => call('PUT', `/api/functions/${id}`, { slug })
  for (let round = 0; round < 20; round++) {
    t.equal((await slugTo(first, 'moving')).status, 200)
    t.match(await get('/fn/moving'), { json: { id: first } })
    await slugTo(first, '')
    t.equal((await get('/fn/moving')).status, 404)
    await slugTo(second, 'moving')
    t.match(await get('/fn/moving'), { json: { id: second } })
    await slugTo(second, `other-${round}`)
    t.match(await get(`/fn/other-${round}`), { json: { id: second } })
  }
  await slugTo(second, 'moving')
  await call('DELETE', `/api/functions/${second}`)
  t.equal((await get('/fn/moving')).status, 404, 'gone with its function')
})

t.test('while a slug moves from one function to another, every call gets one of them', async t => {
  const ids = [await create({ code: ECHO, slug: 'shared' }), await create({ code: ECHO })]
  const moving = new AbortController()
  const seen = new Set<unknown>()
  const caller = (async () => {
    while (!moving.signal.aborted) {
      const { status, json } = await get('/fn/shared')
      if (status === 200) seen.add(json.id)
      else t.equal(status, 404)
    }
  })()
  for (let round = 0; round < 30; round++) {
    const [from, to] = round % 2 === 0 ? ids : [ids[1], ids[0]]
    await call('PUT', `/api/functions/${from}`, { slug: '' })
    await call('PUT', `/api/functions/${to}`, { slug: 'shared' })
  }
  moving.abort()
  await caller
  for (const id of seen) t.ok(ids.includes(String(id)))
})

t.test('a slug that another function has is refused with its name', async t => {
  const id = await create({ name: 'Shop', slug: 'shop' })
  for (const [method, url, change] of [
    ['POST', '/api/functions', { name: 'b', code: ECHO, slug: 'shop' }],
    ['PUT', `/api/functions/${await create()}`, { slug: 'shop' }]
  ] as const) {
    const { status, json } = await call(method, url, change)
    t.equal(status, 409)
    t.equal(json.error, `slug: "shop" is the slug of the function "Shop" (${id})`)
  }
})
