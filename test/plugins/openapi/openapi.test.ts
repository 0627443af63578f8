/** Every operation of the document is called on a real server, and what comes back is held against the document. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { parse } from 'yaml'
import type { ApiDocument, Operation, Schema } from '../../../plugins/openapi/api-document.js'
import { describeTags } from '../../../plugins/openapi/tags.js'
import { lintDocument } from './lint-document.js'
import { API_KEY, build } from '../../helpers/build.js'
import { CODE } from '../../helpers/api.js'
import { buildWith, fixture } from '../third-party/with-plugins.js'

interface Named {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}

const operationsOf = ({ paths }: ApiDocument): Named[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation
    }))
  )

async function start() {
  const app = await build(t)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const base = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const document = (await (await fetch(`${base}/docs/openapi.json`)).json()) as ApiDocument
  return { app, base, document, validate: createValidator(document) }
}

/** Checks an answer's body against a schema of the document, in which a field that is not declared is an error. */
function createValidator(document: ApiDocument) {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  ajv.addSchema({ $id: 'doc', components: closed(document.components) })
  return (schema: Schema, value: unknown): string[] => {
    const check = ajv.compile(
      closed(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"doc#/'))) as object
    )
    return check(value)
      ? []
      : (check.errors ?? []).map(
          ({ instancePath, message, params }) =>
            `${instancePath} ${message} ${JSON.stringify(params)}`
        )
  }
}

function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed)
  if (typeof node !== 'object' || node === null) return node
  const copy = Object.fromEntries(Object.entries(node).map(([name, part]) => [name, closed(part)]))
  return typeof copy.properties === 'object' &&
    copy.additionalProperties === undefined &&
    copy.type === 'object'
    ? { ...copy, additionalProperties: false }
    : copy
}

const { app, base, document, validate } = await start()

/** Things for the operations to work on, new for each of them. */
async function prepare(): Promise<Record<string, string>> {
  const { storage, ids } = app
  const fn = ids.next()
  await storage.functions.create({
    id: fn,
    name: 'documented',
    description: 'd',
    code: 'v1',
    now: 1000
  })
  await storage.functions.update(fn, {
    patch: { cronSchedule: '0 0 * * *', cronStatus: 'active' },
    code: CODE,
    now: 2000
  })
  await storage.env.replace(fn, { A: '1' })
  const {
    rows: [former]
  } = await storage.env.history(fn, { limit: 1, offset: 0 })
  await storage.env.shared.replace({ OF: fn })
  const {
    rows: [formerShared]
  } = await storage.env.shared.history({ limit: 1, offset: 0 })
  const module = ids.next()
  await storage.modules.create({
    id: module,
    name: `m_${module}`,
    description: 'd',
    code: 'return require("gone")',
    now: 1000
  })
  await storage.modules.update(module, { patch: {}, code: 'return {}', now: 2000 })
  const execution = {
    id: ids.next(),
    functionId: fn,
    versionId: `ver_${fn}_v1`,
    trigger: 'http',
    eventJson:
      '{"method":"GET","path":"/fn/x","relativePath":"/","headers":{},"query":{},"body":""}',
    createdAt: 1000
  }
  storage.executions.begin(execution)
  storage.executions.appendAiRequest({
    id: ids.next(),
    executionId: execution.id,
    provider: 'openai',
    model: 'm',
    endpoint: '',
    requestJson: '{}',
    responseJson: '{}',
    status: 'error',
    errorMessage: 'e',
    inputTokens: 1,
    outputTokens: 2,
    durationMs: 5,
    createdAt: 1000
  })
  storage.executions.appendEmailRequest({
    id: ids.next(),
    executionId: execution.id,
    from: 'a@x',
    to: ['b@x'],
    subject: 's',
    hasText: true,
    hasHtml: false,
    requestJson: '',
    responseJson: '{}',
    status: 'success',
    errorMessage: undefined,
    emailId: 'x',
    durationMs: 0,
    createdAt: 1000
  })
  storage.executions.appendHttpRequest({
    id: ids.next(),
    executionId: execution.id,
    method: 'GET',
    url: 'https://x/',
    status: 'error',
    statusCode: 200,
    errorMessage: 'e',
    requestSize: 0,
    responseSize: 1,
    durationMs: 0,
    createdAt: 1000
  })
  await storage.executions.finish({
    ...execution,
    status: 'error',
    statusCode: 500,
    durationMs: 9,
    errorMessage: 'text',
    fault: { kind: 'runtime', message: 'm', line: 1, column: 2, traceback: 't' },
    responseJson: '{}',
    logs: [{ level: 'info', message: 'l', createdAt: 1000 }]
  })
  for (const scope of [fn, '']) {
    await storage.kv.set(scope, Buffer.from('counter'), Buffer.from('1'), Date.now() + 60_000)
  }
  const keyId = ids.next()
  const accessKey = { id: keyId, name: 'k', hash: keyId, createdAt: 1, expiresAt: 2 }
  await storage.accessKeys.create(fn, accessKey, 1)
  storage.accessKeys.noteUse(keyId, 1)
  const token = ids.next()
  await storage.tokens.create(
    {
      id: token,
      name: 't',
      hash: token,
      scopes: ['run'],
      functions: [fn],
      createdAt: 1,
      expiresAt: 2
    },
    1000
  )
  storage.tokens.noteUse(token, 1, '192.0.2.1')
  const session = ids.next()
  await storage.sessions.create({
    id: session,
    createdAt: 1,
    lastSeenAt: 1,
    expiresAt: 9_999_999_999,
    address: '192.0.2.1',
    userAgent: 'x',
    tokenHash: session,
    keyMark: 'k'
  })
  const newJob = async () => {
    const event = {
      method: 'POST',
      path: '/',
      relativePath: '/',
      headers: {},
      query: {},
      body: new Uint8Array(0)
    }
    const dueAt = Date.now() + 3_600_000
    const job = { id: ids.next(), functionId: fn, trigger: 'job', event, createdAt: 1, dueAt }
    return (await storage.jobs.add(job)).id
  }
  const finishedJob = await newJob()
  await storage.jobs.cancel(finishedJob, Date.now())
  return {
    function: fn,
    module,
    alert: await createAlert(),
    execution: execution.id,
    job: await newJob(),
    finishedJob,
    session,
    token,
    versionId: `ver_${fn}_v1`,
    number: '1',
    v1: '1',
    v2: '2',
    key: 'counter',
    keyId,
    entry: String(former?.id),
    sharedEntry: String(formerShared?.id)
  }
}

/** Whether it needs no authentication. */
const isOpen = ({ security }: Operation): boolean => security?.length === 0

/** The scope that a token needs; none: any token does, or none is taken. */
const tokenScopes = ({ security = [] }: Operation): readonly string[] =>
  security.flatMap(({ token = [] }) => token)

async function createToken(scope: string): Promise<string> {
  const answer = await fetch(`${base}/api/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}` },
    body: JSON.stringify({ name: scope, scopes: [scope] })
  })
  return ((await answer.json()) as { token: string }).token
}

/** Rules are kept in memory, so they are made by the API. */
async function createAlert(): Promise<string> {
  const answer = await fetch(`${base}/api/alerts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}` },
    body: JSON.stringify({
      name: 'n',
      on: 'disk_low',
      enabled: false,
      target: { kind: 'webhook', url: 'http://127.0.0.1:9/' }
    })
  })
  return ((await answer.json()) as { id: string }).id
}

/** The address of an operation, with what was prepared in the place of its parameters. */
function addressOf({ path, operation }: Named, things: Record<string, string>): string {
  const kinds = {
    '/api/executions': 'execution',
    '/api/auth/sessions': 'session',
    '/api/tokens': 'token',
    '/api/alerts': 'alert',
    '/api/modules': 'module',
    '/api/jobs': operation.operationId === 'redriveJob' ? 'finishedJob' : 'job'
  }
  const found = Object.entries(kinds).find(([start]) => path.startsWith(start))
  const kind = found?.[1] ?? 'function'
  const isNumber = operation.operationId === 'getVersion' || kind === 'module'
  const needed =
    operation.parameters?.filter(
      parameter => parameter.in === 'query' && parameter.required === true
    ) ?? []
  const query = new URLSearchParams(
    needed.map(({ name, example }) => [name, things[name] ?? String(example)])
  )
  const tail = query.size === 0 ? '' : `?${query}`
  return (
    base +
    path.replace(/\{(\w+)\}/g, (_, place: string) => {
      const name = place !== 'version' ? place : isNumber ? 'number' : 'versionId'
      const example = operation.parameters?.find(parameter => parameter.name === name)?.example
      if (name === 'entry' && path.startsWith('/api/env')) return things.sharedEntry ?? ''
      return encodeURIComponent(things[name === 'id' ? kind : name] ?? String(example))
    }) +
    tail
  )
}

function bodyOf({ operation }: Named): string | undefined {
  if (operation.operationId === 'login') return JSON.stringify({ apiKey: API_KEY })
  const media = Object.values(operation.requestBody?.content ?? {})[0]
  if (media === undefined) return undefined
  return typeof media.example === 'string' ? media.example : JSON.stringify(media.example ?? '')
}

async function call(
  named: Named,
  url: string,
  {
    body = bodyOf(named),
    headers = { authorization: `Bearer ${API_KEY}` }
  }: { body?: string | undefined; headers?: Record<string, string> } = {}
) {
  const stop = new AbortController()
  const answer = await fetch(url, {
    method: named.method,
    headers,
    signal: stop.signal,
    ...(body === undefined || ['GET', 'HEAD'].includes(named.method) ? {} : { body })
  })
  const type = answer.headers.get('content-type')?.split(';', 1)[0]
  // A stream of events never ends.
  const text = type === 'text/event-stream' ? '' : await answer.text()
  stop.abort()
  return { status: answer.status, type, text, headers: answer.headers }
}

/** What is wrong with an answer, by the document. */
function problemsOf(
  { operation }: Named,
  { status, type, text }: Awaited<ReturnType<typeof call>>
): string[] {
  const declared = operation.responses[String(status)] ?? operation.responses.default
  if (declared === undefined) return [`status ${status} is not declared: ${text}`]
  const content = declared.content
  if (content === undefined) {
    return text === '' ? [] : [`${status} has a body but none is declared: ${text}`]
  }
  const media = content[type ?? ''] ?? content['*/*']
  if (media === undefined) return [`${status} has the type ${type}, which is not declared`]
  return type === 'application/json' && content[type] !== undefined
    ? validate(media.schema, JSON.parse(text))
    : []
}

t.test('the document is OpenAPI 3.1 and the same in JSON and YAML', async t => {
  t.match(document.openapi, /^3\.1\./)
  const yaml = await fetch(`${base}/docs/openapi.yaml`)
  t.same(
    [yaml.status, yaml.headers.get('content-type'), yaml.headers.get('cache-control')],
    [200, 'application/yaml', 'no-store']
  )
  t.strictSame(parse(await yaml.text()), document)
})

t.test('the document is valid, and says where the server is', async t => {
  t.same(document.servers, [{ url: base.replace('127.0.0.1', 'localhost') }])
  t.same(await lintDocument(document), [])
  const broken = {
    ...document,
    paths: { ...document.paths, '/api/functions/{other}': document.paths['/api/functions/{id}'] }
  } as ApiDocument
  t.ok((await lintDocument(broken)).length > 0, 'the linter finds two names for one path')
})

t.test('functions on a host of their own have a server of their own', async t => {
  const app = await build(t, {
    BASE_URL: 'https://moonlet.example',
    FUNCTIONS_HOST: 'functions.example'
  })
  const { servers, paths } = (await app.inject('/docs/openapi.json')).json<ApiDocument>()
  t.same(servers, [{ url: 'https://moonlet.example' }])
  t.same(paths['/fn/{id}']?.get?.servers, [{ url: 'https://functions.example' }])
})

t.test(
  'health, metrics and the routes of plugins are in the document, which stays valid',
  async t => {
    const app = await buildWith(t, [fixture('documented-routes'), fixture('greeter')])
    const whole = (await app.inject('/docs/openapi.json')).json<ApiDocument>()
    t.same(await lintDocument(whole, 'spec'), [])
    t.same(
      ['/healthz', '/readyz', '/metrics'].filter(path => whole.paths[path]?.get === undefined),
      []
    )
    t.match(whole.paths['/plugins/documented-routes/items/{id}']?.get, {
      tags: ['documented-routes'],
      summary: /documented-routes/,
      parameters: [{ name: 'id', in: 'path' }]
    })
    t.match(whole.paths['/plugins/documented-routes/described']?.post, {
      operationId: 'login2',
      summary: 'Described',
      security: [],
      tags: ['Things']
    })
    t.match(whole.tags.map(({ name }) => name).slice(-3), [
      'documented-routes',
      'Things',
      'greeter'
    ])
    t.match(whole.paths['/plugins/documented-routes/files/{rest}']?.get, {
      parameters: [{ name: 'rest' }]
    })
    t.equal(whole.paths['/plugins/documented-routes/hidden'], undefined)
    t.equal((await app.inject('/docs')).statusCode, 200)
  }
)

t.test('every route of the API is in the document', async t => {
  const routes = app.printRoutes({ commonPrefix: false, includeHooks: false })
  const known = [
    'login',
    'createFunction',
    'updateFunction',
    'replaceEnvVars',
    'activateVersion',
    'diffVersions',
    'listExecutions',
    'getExecutionLogs',
    'runDraft',
    'checkSyntax',
    'rerunExecution',
    'watchExecutions',
    'listGlobalKv',
    'setFunctionKvValue',
    'getStatus',
    'getLiveness',
    'getReadiness',
    'getMetrics',
    'endAllSessions'
  ]
  const ids = operationsOf(document).map(({ operation }) => operation.operationId)
  t.same(
    known.filter(id => !ids.includes(id)),
    []
  )
  t.match(routes, 'api/')
})

t.test('every operation has an id of its own, a summary, a chapter and its errors', async t => {
  const operations = operationsOf(document)
  t.equal(new Set(operations.map(({ operation }) => operation.operationId)).size, operations.length)
  const chapters = describeTags.map(({ name }) => name)
  for (const { path, operation } of operations) {
    const name = operation.operationId
    t.match(name, /^[a-z][A-Za-z]+$/)
    t.not(operation.summary ?? '', '', name)
    t.ok(chapters.includes(operation.tags[0] ?? ''), `${name} is in a chapter`)
    t.ok(operation.responses['500'] !== undefined, `${name} may fail`)
    if (path.startsWith('/api/') && !isOpen(operation)) {
      t.ok(operation.responses['401'] !== undefined, `${name} needs authentication`)
      t.ok(operation.responses['403'] !== undefined, `${name} may refuse a token`)
    }
    if (path.includes('{')) {
      t.ok(
        operation.responses['404'] !== undefined || path.startsWith('/api/kv'),
        `${name} may find nothing`
      )
    }
    for (const parameter of operation.parameters ?? []) {
      t.ok(parameter.description, `${name}: ${parameter.name} is described`)
    }
  }
})

t.test('every JSON body, in and out, has an example that fits its schema', async t => {
  for (const { operation } of operationsOf(document)) {
    for (const [place, { content = {} }] of [
      ['request', operation.requestBody ?? {}],
      ...Object.entries(operation.responses)
    ] as const) {
      const media = content['application/json']
      if (media === undefined) continue
      const example =
        media.example ??
        Object.values(
          (media as { examples?: Record<string, { value: unknown }> }).examples ?? {}
        )[0]?.value ??
        (
          document.components.schemas[media.schema.$ref?.split('/').at(-1) ?? ''] as
            { examples?: unknown[] } | undefined
        )?.examples?.[0]
      t.ok(example !== undefined, `${operation.operationId} ${place} has an example`)
      t.same(validate(media.schema, example), [], `${operation.operationId} ${place}`)
    }
  }
})

t.test('every operation does what the document says', async t => {
  for (const named of operationsOf(document)) {
    const answer = await call(named, addressOf(named, await prepare()))
    const name = named.operation.operationId
    t.ok(
      answer.status >= 200 && answer.status < 300,
      `${name} succeeds (${answer.status} ${answer.text.slice(0, 200)})`
    )
    t.same(problemsOf(named, answer), [], name)
  }
})

t.test('every operation refuses in the way that the document says', async t => {
  const nothing = {
    function: 'none',
    execution: 'none',
    job: 'none',
    finishedJob: 'none',
    alert: 'none',
    session: 'none',
    versionId: 'none',
    number: 'x',
    v1: 'x',
    v2: 'x',
    key: 'none',
    entry: 'none'
  }
  const [run, settings] = [await createToken('run'), await createToken('settings')]
  for (const named of operationsOf(document)) {
    const name = named.operation.operationId
    const things = await prepare()
    const answers = [await call(named, addressOf(named, nothing))]
    if (!isOpen(named.operation)) {
      answers.push(await call(named, addressOf(named, things), { headers: {} }))
      const [scope] = tokenScopes(named.operation)
      if (scope !== undefined) {
        const headers = { authorization: `Bearer ${scope === 'run' ? settings : run}` }
        const refused = await call(named, addressOf(named, things), { headers })
        t.equal(refused.status, 403, `${name} refuses a token without ${scope}`)
        t.match(refused.text, `This token lacks the scope ${scope}`)
        answers.push(refused)
      }
    }
    if (named.operation.requestBody !== undefined && named.path.startsWith('/api/')) {
      for (const body of ['{', '[]', '{"name":5,"code":5,"env_vars":5,"apiKey":5}']) {
        answers.push(await call(named, addressOf(named, things), { body }))
      }
    }
    if (named.path.includes('{')) {
      answers.push(await call(named, addressOf(named, things).replace(/[^/]+$/, '%zz')))
    }
    for (const answer of answers) {
      t.ok(answer.status < 500, `${name} has no fault (${answer.status})`)
      t.same(
        problemsOf(named, answer).filter(
          problem => !/broken percent/.test(answer.text) && problem !== ''
        ),
        [],
        `${name} ${answer.status}`
      )
      if (answer.status >= 400) {
        t.ok(
          answer.headers.get('x-request-id') ?? named.path.startsWith('/fn/'),
          `${name} ${answer.status} has a request id`
        )
      }
    }
  }
})
