/** Every route of the API with every scope, and with tokens that are expired, ended, malformed or for others. */
import t from 'tap'
import { tokenScopes } from '../../../core/contracts/tokens.js'
import type { ApiDocument } from '../../../plugins/openapi/api-document.js'
import { buildApi } from '../../helpers/api.js'
import { makeExpired } from '../../helpers/expired.js'
import { build } from '../../helpers/build.js'

const api = await buildApi(t)
const [own, foreign] = [await api.create(), await api.create()]

interface Operation {
  readonly method: string
  readonly path: string
  /** Of tokens; undefined: any token does. */
  readonly scope: string | undefined
}

const { paths } = (await api.callOpen('GET', '/docs/openapi.json')).json as ApiDocument
const operations: Operation[] = Object.entries(paths)
  .filter(([path]) => path.startsWith('/api/') || path === '/metrics')
  .flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { security = [] }]) => {
      const needed = security.find(({ token }) => token !== undefined)
      if (needed === undefined) return []
      return [{ method: method.toUpperCase(), path, scope: needed.token?.[0] }]
    })
  )

async function makeToken(wish: Record<string, unknown>): Promise<{ id: string; token: string }> {
  const { status, json, text } = await api.call('POST', '/api/tokens', { name: 't', ...wish })
  if (status !== 201) throw new Error(`making a token gave ${status} ${text}`)
  return json
}

/** An execution of a function, for routes that name one. */
const runOf = async (id: string): Promise<string> =>
  String((await api.callOpen('GET', `/fn/${id}`)).headers['x-execution-id'])
/** A job of a function that is due in a day. */
const jobOf = async (id: string): Promise<string> =>
  (
    await api.callOpen('POST', `/fn/${id}`, '', {
      prefer: 'respond-async',
      'moonlet-delay': '86400'
    })
  ).json.job_id
const jobs = { [own]: await jobOf(own), [foreign]: await jobOf(foreign) }
const runs = { [own]: await runOf(own), [foreign]: await runOf(foreign) }

/** The path with things of a function; those that nobody has otherwise, so that nothing is changed. */
function fill(path: string, functionId: string): string {
  const filled = path
    .replace('/functions/{id}', `/functions/${functionId}`)
    .replace('/executions/{id}', `/executions/${runs[functionId]}`)
    .replace('/jobs/{id}', `/jobs/${jobs[functionId]}`)
    .replaceAll(/\{\w+\}/g, 'missing')
  // Its stream would never end.
  return path === '/api/events' ? `${filled}?function_id=${functionId}x` : filled
}

/** Of routes that name functions there. */
const bodyOf = (path: string, id: string): unknown =>
  path === '/api/push' ? { functions: [{ id }] } : undefined

const send = async ({ method, path }: Operation, token: string, functionId = 'missing') =>
  api.callOpen(method, fill(path, functionId), bodyOf(path, functionId), {
    authorization: `Bearer ${token}`
  })

t.test(
  'each route takes tokens with its scope and admin, and names its scope to others',
  async t => {
    t.ok(operations.length >= 60, `${operations.length} operations`)
    for (const scope of tokenScopes) {
      const { token } = await makeToken({ scopes: [scope] })
      for (const operation of operations) {
        const may = ['admin', operation.scope].includes(scope) || operation.scope === undefined
        const { status, json } = await send(operation, token)
        const what = `${operation.method} ${operation.path} with ${scope}`
        if (may) t.notOk([401, 403].includes(status), `${what} is let in`)
        else {
          t.equal(status, 403, what)
          t.equal(json.error, `This token lacks the scope ${operation.scope}`, what)
        }
      }
    }
  }
)

t.test('a route of the API without a scope is refused, whoever adds it', async t => {
  const app = await build(t)
  const handler = async (): Promise<string> => 'open'
  t.throws(() => app.get('/api/undeclared', handler), {
    message: /^The route (?:GET|HEAD) \/api\/undeclared declares no scope/
  })
  t.doesNotThrow(() => app.get('/api/declared', { config: { scope: 'admin' } }, handler))
  t.doesNotThrow(() => app.get('/apiary', handler))
})

t.test(
  'every scope is needed somewhere, and no route wants one that tokens cannot have',
  async t => {
    const wanted = new Set(operations.flatMap(({ scope }) => scope ?? []))
    for (const scope of wanted) t.ok((tokenScopes as readonly string[]).includes(scope), scope)
    for (const scope of tokenScopes) {
      t.ok(wanted.has(scope), scope)
    }
  }
)

t.test('no route takes a token that is expired, ended, malformed or none', async t => {
  const scopes = ['admin']
  const ended = await makeToken({ scopes })
  await api.call('DELETE', `/api/tokens/${ended.id}`)
  const { token } = await makeToken({ scopes })
  const bad = {
    expired: (await makeExpired(at => makeToken({ scopes, expires_at: at }))).token,
    ended: ended.token,
    unknown: `moonlet_${'a'.repeat(43)}`,
    'without its end': token.slice(0, -1),
    'with more at its end': `${token}A`,
    'in another case': token.toUpperCase(),
    'without its mark': token.slice('moonlet_'.length),
    'the mark alone': 'moonlet_',
    oversized: `moonlet_${'a'.repeat(14_000)}`,
    'with a blank before it': ` ${token}`,
    'in quotes': `"${token}"`,
    'two of them': `${token},${token}`
  }
  for (const [name, text] of Object.entries(bad)) {
    for (const operation of operations) {
      const { status, json } = await send(operation, text)
      // What does not begin as tokens do may be a guess of the key.
      const expected = text.startsWith('moonlet_') ? [401] : [401, 429]
      t.ok(expected.includes(status), `${operation.method} ${operation.path}: ${name} (${status})`)
      t.type(json.error, 'string')
    }
  }
})

t.test('no route lets a token for one function at another, or at what concerns all', async t => {
  const { token } = await makeToken({ scopes: ['admin'], functions: [own] })
  const harmless = new Set<string>()
  for (const operation of operations) {
    const what = `${operation.method} ${operation.path}`
    const { status, json } = await send(operation, token, foreign)
    if (status === 403) {
      t.match(json.error, /^This token is (?:not for this function|for some functions only)/, what)
    } else harmless.add(what)
  }
  // What concerns no function, and lists, which leave the others out.
  t.same([...harmless].sort(), [
    'GET /api/functions',
    'GET /api/lua',
    'GET /api/modules',
    'GET /api/modules/{id}',
    'GET /api/modules/{id}/diff/{v1}/{v2}',
    'GET /api/modules/{id}/versions',
    'GET /api/modules/{id}/versions/{version}',
    'GET /api/plugins',
    'GET /api/status',
    'POST /api/check',
    'POST /api/cron/check'
  ])
})

t.test('a token for one function may do with it what its scopes say', async t => {
  const { token } = await makeToken({ scopes: ['admin'], functions: [own] })
  for (const operation of operations.filter(({ path }) => /\{id\}/.test(path))) {
    if (operation.method === 'DELETE' && operation.path === '/api/functions/{id}') continue
    if (!/^\/api\/(?:functions|executions)\//.test(operation.path)) continue
    const { status } = await send(operation, token, own)
    t.not(status, 403, `${operation.method} ${operation.path}`)
  }
  const authorization = `Bearer ${token}`
  const list = await api.callOpen('GET', '/api/functions', undefined, { authorization })
  t.match(list.json, { functions: [{ id: own }], pagination: { total: 1 } })
  t.equal(list.json.functions.length, 1)
})

t.test('values of variables are for those who may change them', async t => {
  await api.call('PUT', `/api/functions/${own}/env`, { env_vars: { SECRET: 'hush' } })
  const read = async (scopes: string[]) => {
    const { token } = await makeToken({ scopes })
    const headers = { authorization: `Bearer ${token}` }
    return (await api.callOpen('GET', `/api/functions/${own}`, undefined, headers)).json.env_vars
  }
  t.same(await read(['functions:read']), { SECRET: '' })
  t.same(await read(['functions:read', 'functions:write']), { SECRET: 'hush' })
  t.same(await read(['admin']), { SECRET: 'hush' })
})
