/** What `moonlet openapi` prints is enough for a typed client: one is generated, type checked and run. */
import { execFile } from 'node:child_process'
import { symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import openapiTs, { astToString } from 'openapi-typescript'
import t from 'tap'
import ts from 'typescript'
import { createPair, type Developer } from './moonlet.js'

const program = `
import createClient from 'openapi-fetch'
import type { components, paths } from './api.js'

const client = createClient<paths>({
  baseUrl: process.env.MOONLET_URL ?? '',
  headers: { Authorization: \`Bearer \${process.env.MOONLET_TOKEN}\` }
})
const ids = { message: 'by a generated client', commit: 'abc' }
const first = 'function handler() return { body = "first" } end'
const second = 'function handler(ctx, event) log.info("got " .. event.body) return { body = "second" } end'

function given<T>({ data, error }: { data?: T; error?: components['schemas']['Error'] }): T {
  if (data === undefined) throw new Error(error?.error ?? 'no answer')
  return data
}

const made = given(await client.POST('/api/functions', { body: { name: 'typed', code: first } }))
const path = { id: made.id }
const { data: read, response } = await client.GET('/api/functions/{id}', { params: { path } })
const version: number | undefined = read?.active_version?.version
const draft = given(
  await client.POST('/api/functions/{id}/draft', {
    params: { path },
    body: { code: second, event: { method: 'POST', body: 'draft' } }
  })
)
const pushed = given(
  await client.POST('/api/push', {
    body: {
      ...ids,
      functions: [{ id: made.id, code: second, if_match: response.headers.get('etag') ?? '' }]
    }
  })
)
const called = await client.POST('/fn/{id}', {
  params: { path },
  body: 'call',
  bodySerializer: text => String(text),
  parseAs: 'text'
})
const { executions } = given(
  await client.GET('/api/functions/{id}/executions', {
    params: { path, query: { status: 'success', limit: 1 } }
  })
)
const { logs } = given(
  await client.GET('/api/executions/{id}/logs', {
    params: { path: { id: executions[0]?.id ?? '' } }
  })
)
const gone = await client.GET('/api/functions/{id}', { params: { path: { id: 'none' } } })
const error: string | undefined = gone.error?.error
console.log(
  JSON.stringify({
    version,
    draft: [draft.status_code, draft.body, draft.logs.map(({ message }) => message)],
    pushed: pushed.functions.map(({ action, version }) => [action, version]),
    called: called.data,
    logs: logs.map(({ level, message }) => [level, message]),
    error
  })
)
`

/** The folder of somebody who uses the API by a client that is generated from the server's document. */
async function generate({ folder, moonlet, write }: Developer): Promise<void> {
  const { out } = await moonlet('openapi')
  await write('api.d.ts', astToString(await openapiTs(out)))
  await write('package.json', '{ "type": "module" }')
  await symlink(resolve('node_modules'), join(folder, 'node_modules'))
}

/** Messages of the type checker. */
function problemsIn(file: string): string[] {
  const program = ts.createProgram([file], {
    noEmit: true,
    strict: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ['node']
  })
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}

t.test('a client that is generated from the document is typed, and works', async t => {
  const { server, ana } = await createPair(t)
  await generate(ana)
  const file = join(ana.folder, 'main.ts')
  await writeFile(file, program)
  t.same(problemsIn(file), [])
  const { stdout } = await promisify(execFile)(process.execPath, [file], {
    cwd: ana.folder,
    env: { ...ana.env, MOONLET_URL: server.base, MOONLET_TOKEN: server.key }
  })
  t.same(JSON.parse(stdout), {
    version: 1,
    draft: [200, 'second', ['got draft']],
    pushed: [['changed', 2]],
    called: 'second',
    logs: [['info', 'got call']],
    error: 'Function not found'
  })

  const mistaken = program
    .replace('read?.active_version?.version', 'read?.active_version?.code')
    .replace("'/api/push'", "'/api/pushes'")
  await writeFile(file, mistaken)
  const problems = problemsIn(file).join('\n')
  t.match(problems, /'string \| undefined' is not assignable to .*'number/)
  t.match(problems, '"/api/pushes"')
})
