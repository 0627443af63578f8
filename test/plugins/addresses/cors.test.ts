/** What pages of other origins may do with a function, over HTTP. */
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { buildApi } from '../../helpers/api.js'

const { app, call, create } = await buildApi(t)
await app.listen({ port: 0, host: '127.0.0.1' })
const base = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`

const code = `function handler(ctx, event)
  return { headers = { ["X-Method"] = event.method, ["Access-Control-Allow-Origin"] = "https://own.example" }, body = "ran" }
end`
const PAGE = 'https://page.example'

async function ask(path: string, method: string, headers: Record<string, string> = {}) {
  const response = await fetch(base + path, { method, headers })
  const cors: Record<string, string> = {}
  for (const [name, value] of response.headers) {
    if (name.startsWith('access-control-') || name === 'vary') {
      cors[name.replace('access-control-', '')] = value
    }
  }
  return { status: response.status, cors, body: await response.text() }
}

const preflight = (path: string, origin = PAGE, asked = 'x-one, X-Two') =>
  ask(path, 'OPTIONS', {
    origin,
    'access-control-request-method': 'PUT',
    'access-control-request-headers': asked
  })

t.test('without rules a preflight allows the headers that it asks for', async t => {
  const id = await create({ code })
  const { status, cors } = await preflight(`/fn/${id}`)
  t.equal(status, 204)
  t.equal(cors['allow-origin'], '*')
  t.equal(cors['allow-headers'], 'Content-Type, Authorization, x-one, X-Two')
  const odd = await preflight(`/fn/${id}`, PAGE, 'x-one; drop')
  t.equal(
    odd.cors['allow-headers'],
    'Content-Type, Authorization',
    'what is no list of names is not repeated'
  )
  t.match(await preflight('/api/functions'), { status: 204, cors: { 'allow-origin': '*' } })
})

t.test('by rules only the listed origins are told anything, and exactly that', async t => {
  const cors = { origins: [PAGE], headers: ['X-One'], credentials: true, max_age: 60 }
  const id = await create({ code, slug: 'by-rules', cors, routes: [{ pattern: '/ruled/:x' }] })
  for (const path of [`/fn/${id}`, '/fn/by-rules/below', '/ruled/1']) {
    t.same(await preflight(path), {
      status: 204,
      body: '',
      cors: {
        vary: 'Origin',
        'allow-origin': PAGE,
        'allow-credentials': 'true',
        'allow-methods': 'GET, POST, PUT, DELETE, PATCH, OPTIONS',
        'allow-headers': 'X-One',
        'max-age': '60'
      }
    })
    t.same((await preflight(path, 'https://other.example')).cors, { vary: 'Origin' })
    t.same((await ask(path, 'OPTIONS')).cors, { vary: 'Origin' }, 'nor is who names no origin')
    const answer = await ask(path, 'GET', { origin: PAGE })
    t.match(answer, {
      status: 200,
      body: 'ran',
      cors: { 'allow-origin': PAGE, 'allow-credentials': 'true' }
    })
  }
})

t.test('a refused call has the headers of its rules too', async t => {
  const id = await create({ code, cors: { origins: [PAGE] }, access: { mode: 'key' } })
  t.match(await preflight(`/fn/${id}`), { status: 204 }, 'a preflight needs no key')
  const refused = await ask(`/fn/${id}`, 'GET', { origin: PAGE })
  t.match(refused, { status: 401, cors: { 'allow-origin': PAGE, vary: 'Origin' } })
  const other = await ask(`/fn/${id}`, 'GET', { origin: 'https://other.example' })
  t.equal(other.status, 401)
  t.equal(other.cors['allow-origin'], undefined)
})

t.test('a function may answer OPTIONS and set all headers itself', async t => {
  const id = await create({ code, cors: 'function' })
  t.same(await preflight(`/fn/${id}`), {
    status: 200,
    body: 'ran',
    cors: { 'allow-origin': 'https://own.example' }
  })
  t.match((await call('GET', `/api/functions/${id}/executions`)).json.executions, [
    { method: 'OPTIONS', status_code: 200 }
  ])
  await call('PUT', `/api/functions/${id}`, { cors: {} })
  t.match(await preflight(`/fn/${id}`), { status: 204, cors: { 'allow-origin': '*' } })
})

t.test('an internal function tells nobody that it is there', async t => {
  const id = await create({ code, cors: { origins: [PAGE] }, access: { mode: 'internal' } })
  t.same(await preflight(`/fn/${id}`), await preflight('/fn/00000000000000000000'))
})
