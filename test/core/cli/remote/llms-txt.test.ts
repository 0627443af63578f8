/** What /llms.txt says about shipping is done as it stands there, with a token that has only the scopes named there. */
import t, { type Test } from 'tap'
import { createIdSource } from '../../../../core/base/ids.js'
import type { StartedServer } from '../../../helpers/server.js'
import { startServer } from '../../../helpers/server.js'
import { callApi, CODE, createDeveloper, type Ended } from './moonlet.js'

async function readShipping({ base }: StartedServer) {
  const text = await (await fetch(`${base}/llms.txt`)).text()
  const section = text.slice(text.indexOf('## Writing and shipping'))
  const scopes = section
    .slice(0, section.indexOf('MOONLET_URL'))
    .match(/`[a-z]+(?::[a-z]+)?`/g)
    ?.map(scope => scope.slice(1, -1))
  const [, script = ''] = /^```sh\n([^]*?)^```/m.exec(section) ?? []
  const requests = section.match(/(?:GET|POST|PUT|DELETE) \/api\/[^ `?]*/g)
  return { scopes: scopes ?? [], script, requests: [...new Set(requests)] }
}

const createToken = async (server: StartedServer, scopes: readonly string[]): Promise<string> =>
  (await callApi(server, 'POST', '/api/tokens', { name: 'agent', scopes })).token

/** Each line of the script, one after the other, until one fails. */
async function perform(t: Test, server: StartedServer, token: string, script: string) {
  const agent = await createDeveloper(t, { MOONLET_URL: server.base, MOONLET_TOKEN: token })
  const ended: Array<Ended & { line: string }> = []
  for (const line of script.trim().split('\n')) {
    if (line.startsWith('sed ')) {
      const code = await agent.read('hello/main.lua')
      await agent.write('hello/main.lua', code.replace('Hello', 'Good evening'))
      continue
    }
    const words = line.match(/'[^']*'|"[^"]*"|\S+/g) ?? []
    const [, ...args] = words.map(word => word.replace(/^(['"])(.*)\1$/, '$2'))
    const one = await agent.moonlet(...args)
    ended.push({ ...one, line })
    if (one.code !== 0) break
  }
  return ended
}

t.test('the commands work in their order, with the scopes that are named', async t => {
  const server = await startServer(t)
  const { scopes, script } = await readShipping(server)
  t.same(scopes, ['functions:read', 'functions:write', 'run', 'executions:read'])
  const ended = await perform(t, server, await createToken(server, scopes), script)
  for (const { line, code, err, json } of ended) {
    t.match([code, err], [0, ''], line)
    t.ok(json !== undefined, `${line} prints a document`)
  }
  const answers = ended.filter(({ line }) => line.startsWith('moonlet run'))
  t.match(answers, [{ json: { body: /Good evening/ } }, { json: { body: /Good evening/ } }])
  const rolledBack = await callApi(server, 'GET', '/api/functions')
  t.match(rolledBack.functions, [{ name: 'hello', active_version: { version: 1, code: /Hello/ } }])
})

t.test('none of the scopes could be left out', async t => {
  const server = await startServer(t)
  const { scopes, script } = await readShipping(server)
  for (const missing of scopes) {
    const fewer = scopes.filter(scope => scope !== missing)
    const ended = await perform(t, server, await createToken(server, fewer), script)
    t.match(ended.at(-1), { code: 4, json: { error: new RegExp(`lacks the scope ${missing}`) } })
    const { functions } = await callApi(server, 'GET', '/api/functions')
    for (const { id } of functions) await callApi(server, 'DELETE', `/api/functions/${id}`)
  }
})

t.test('the requests work, with the scopes that are named', async t => {
  const server = await startServer(t)
  const { scopes, requests } = await readShipping(server)
  const agent = { base: server.base, key: await createToken(server, scopes) }
  const done = new Set<string>()
  const call = (
    method: string,
    pattern: string,
    things: Record<string, string> = {},
    body?: object
  ) => {
    done.add(`${method} ${pattern}`)
    const path = pattern.replace(/\{(\w+)\}/g, (_, name: string) => things[name] ?? '')
    return callApi(agent, method, path, body)
  }
  t.match(await call('POST', '/api/check', {}, { code: CODE }), { ok: true })
  const { id } = await call('POST', '/api/functions', {}, { name: 'hello', code: CODE })
  t.match(await call('GET', '/api/functions'), { functions: [{ id }] })
  const event = { method: 'POST', path: '/', query: {}, headers: {}, body: '{"a":1}' }
  const draft = await call('POST', '/api/functions/{id}/draft', { id }, { code: CODE, event })
  t.match(draft, { status_code: 200, body: 'ok', logs: [] })
  await call('PUT', '/api/functions/{id}', { id }, { code: `${CODE}-- 2\n`, message: 'two' })
  await call(
    'POST',
    '/api/push',
    {},
    {
      functions: [{ id: createIdSource().next(), name: 'more', code: CODE }]
    }
  )
  await call('POST', '/api/modules', {}, { name: 'shop', code: 'return {}' })
  await fetch(`${server.base}/fn/${id}`)
  const { executions } = await call('GET', '/api/functions/{id}/executions', { id })
  t.match(await call('GET', '/api/executions/{id}/logs', { id: executions[0].id }), { logs: [] })
  const { versions } = await call('GET', '/api/functions/{id}/versions', { id })
  const version = versions.find(({ version }: { version: number }) => version === 1).id
  await call('POST', '/api/functions/{id}/versions/{version}/activate', { id, version })
  t.same(
    requests.filter(request => !done.has(request)),
    [],
    'all that are named were sent'
  )
})
