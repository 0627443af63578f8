/**
 * Whatever is sent: a server on PostgreSQL answers as one on a file does. Each field, parameter and header of each
 * operation of the API gets values that databases hold differently, or not at all.
 */
import t from 'tap'
import { buildApi, type Api, type ApiAnswer } from '../../../helpers/api.js'
import { onPostgres } from '../../../helpers/postgres.js'

const SECRET_KEY = '6f'.repeat(32)
/** What one database may take for the end of a text, for no text, for another sign, or for another number. */
const ODD: ReadonlyArray<string | number | object | null> = [
  '',
  'a\0b',
  '\uDE00\uD83D',
  '\uFDD00 \uFDD0x \uFDD0ud800',
  '\uFFFF\u{10FFFF}',
  "'; -- \\ % _ $1 ? \\x00",
  'I\u0307\u0130\u00DF',
  '\r\n\t \u2028',
  -1,
  0,
  1.5,
  2 ** 31,
  2 ** 53,
  2 ** 63,
  1e21,
  null,
  {}
]

interface Operation {
  readonly method: string
  readonly path: string
  readonly body: Record<string, unknown> | undefined
  readonly fields: readonly string[]
  readonly query: readonly string[]
}

interface Schema {
  readonly properties?: object
  readonly examples?: Record<string, unknown>[]
  readonly $ref?: string
}

/** What is read of the API's document. */
interface Document {
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>
}

interface DocumentedOperation {
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Schema }> }
  readonly parameters?: ReadonlyArray<{ readonly in: string; readonly name: string }>
}

await onPostgres(t, async postgres => {
  t.test('whatever is sent, the answer is the same', async t => {
    const onFile = await buildApi(t, { SECRET_KEY })
    const onDatabase = await buildApi(t, { SECRET_KEY, DATABASE_URL: await postgres.create() })
    const pair = [new Side(onFile), new Side(onDatabase)] as const
    const operations = readOperations((await onFile.call('GET', '/docs/openapi.json')).json)
    let sent = 0
    const differing: string[] = []
    const both = async (request: Request) => {
      sent++
      const [one, other] = await Promise.all(pair.map(side => side.send(request)))
      if (one === other) return
      differing.push(`${JSON.stringify(request)}\n  file      ${one}\n  database  ${other}`)
    }
    for (const step of preparation) await both(step)
    for (const operation of operations) {
      for (const request of variantsOf(operation)) await both(request)
    }
    for (const request of calls()) await both(request)
    for (const path of readable) await both({ method: 'GET', path })
    t.equal(differing.length, 0, differing.slice(0, 10).join('\n'))
    t.ok(sent > 1000, `${sent} requests`)
  })
})

interface Request {
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

const CODE = 'function handler(ctx, event) return { body = "ok" } end'
/** Gives what it is sent to everything that is stored, and tells what came of it. */
const STORING = `
local function try(...) return { pcall(...) } end
function handler(ctx, event)
  local text, number = event.body, tonumber(event.query.n)
  log.info(text); log.error("x" .. text)
  local made = {
    try(kv.set, text, text), try(kv.get, text), try(kv.set, "n", tostring(number or text)),
    try(kv.increment, "n", number or 1), try(kv.get, "n"), try(kv.increment, "m", number or 1),
    try(kv.set, "t", "v", { ttl = number or 1 }), try(kv.setGlobal, text, text), try(kv.keys, text),
    try(env.set, "V", text), try(env.get, "V"), try(env.set, text, "v"),
    try(functions.enqueue, "storing-later", { body = text, headers = { x = text } }, { idempotency_key = text, delay = 4000000 }),
    try(functions.enqueue, text, {}, { delay = number or 1 }),
    try(ctx.log or print, text)
  }
  local body = json.encode(made)
  if event.query.fail then error({ code = text, message = text .. body }) end
  return { statusCode = 200, body = body, headers = { ["X-Text"] = text } }
end`
const preparation: Request[] = [
  { method: 'POST', path: '/api/functions', body: { name: 'first', code: CODE, slug: 'first' } },
  { method: 'POST', path: '/api/modules', body: { name: 'shop', code: 'return {}' } },
  {
    method: 'POST',
    path: '/api/functions',
    body: { name: 'storing', code: STORING, slug: 'storing', save_response: true }
  },
  {
    method: 'POST',
    path: '/api/functions',
    body: { name: 'later', code: CODE, slug: 'storing-later' }
  }
]
const readable = [
  ...['/api/functions', '/api/jobs', '/api/kv', '/api/audit', '/api/env', '/api/env/history'],
  ...['executions', 'kv', 'env/history', 'versions'].map(name => `/api/functions/#2/${name}`),
  ...['a%00', 'A', '%ED%A0%80', '%EF%BF%BD', '%EF%B7%90', '%5C'].map(
    text => `/api/functions/#2/executions?text=${text}`
  )
].map(path => `${path}${path.includes('?') ? '&' : '?'}limit=100`)

function* calls(): Generator<Request> {
  for (const value of ODD) {
    if (typeof value === 'object') continue
    const path = '/fn/storing'
    const number = encodeURIComponent(typeof value === 'number' ? String(value) : '')
    for (const query of [`n=${number}`, `n=${number}&fail=1`]) {
      yield { method: 'POST', path: `${path}?${query}`, body: Buffer.from(String(value)) }
    }
    yield { method: 'POST', path: `${path}/${encode(String(value))}?${encode(String(value))}=1` }
    const later = { prefer: 'respond-async', 'moonlet-delay': '4000000' }
    const key =
      typeof value === 'number' ? String(value) : Buffer.from(value, 'utf8').toString('latin1')
    if (/[\0\r\n]/.test(key)) continue
    yield { method: 'POST', path, headers: { ...later, 'idempotency-key': key } }
    // One that is soon over would run beside what follows.
    if (!/^[\d.]{0,3}$/.test(key)) {
      yield { method: 'POST', path, headers: { ...later, 'moonlet-delay': key } }
    }
    yield { method: 'POST', path, headers: { 'user-agent': key, 'x-odd': key, cookie: key } }
  }
}

/** One of the two servers; ids that it made have names by which both know them. */
class Side {
  private readonly names = new Map<string, string>()
  constructor(private readonly api: Api) {}

  async send({ method, path, body, headers }: Request): Promise<string> {
    const url = path.replace(/#\d+/g, name => this.idOf(name))
    const answer = await this.api.call(method, url, body, headers)
    return this.describe(answer)
  }

  private idOf(name: string): string {
    for (const [id, known] of this.names) if (known === name) return id
    return 'd4l1ikp2rpqc73a0b1c0'
  }

  private describe({ status, text }: ApiAnswer): string {
    const words = text
      .trim()
      // Of the database alone.
      .replace(/,"node":\d+/g, '')
      .replace(/(?:moonlet|mfk)_[\w-]+/g, 'TOKEN')
      .replace(/"(etag|revision)":"(?:\\.|[^"\\])*"/g, '"$1":"T"')
      .replace(/[0-9a-v]{20}/g, id => {
        if (!this.names.has(id)) this.names.set(id, `#${this.names.size}`)
        return this.names.get(id) ?? ''
      })
      .replace(/"(\w+(?:_at|_until)|at|timestamp|duration_ms|id_time)":\d+/g, '"$1":T')
    return `${status} ${words}`
  }
}

const SKIPPED = /auth|events|status|nodes|plugins|lua|healthz|readyz|metrics|test$/

function readOperations(document: Document): Operation[] {
  const resolve = (schema: Schema | undefined): Schema => {
    const ref = schema?.$ref
    if (ref === undefined) return schema ?? {}
    return document.components.schemas[ref.split('/').at(-1) ?? ''] ?? {}
  }
  const operations: Operation[] = []
  for (const [path, methods] of Object.entries(document.paths)) {
    if (SKIPPED.test(path)) continue
    for (const [method, { requestBody, parameters = [] }] of Object.entries(methods)) {
      if (method === 'delete' && !/kv|env/.test(path)) continue
      const { properties = {}, examples } = resolve(
        requestBody?.content['application/json']?.schema
      )
      const fields = Object.keys(properties)
      operations.push({
        method: method.toUpperCase(),
        path: path.replace(/\{(id|functionId)\}/g, path.includes('modules') ? '#1' : '#0'),
        body: examples?.[0] ?? (fields.length > 0 ? {} : undefined),
        fields,
        query: parameters.flatMap(one => (one.in === 'query' ? [one.name] : []))
      })
    }
  }
  return operations
}

function* variantsOf({ method, path, body, fields, query }: Operation): Generator<Request> {
  const place = path.replace(/\{\w+\}/g, '1')
  for (const value of ODD) {
    for (const field of fields) yield { method, path: place, body: { ...body, [field]: value } }
    if (body !== undefined && typeof value === 'string') {
      yield { method, path: place, body: { ...body, env_vars: { [value]: value, A: value } } }
    }
    if (typeof value === 'object') continue
    const encoded = encode(String(value))
    for (const name of query) {
      yield { method, path: `${place}?${name}=${encoded}`, ...(body ? { body } : {}) }
    }
    for (const [parameter] of path.matchAll(/\{\w+\}/g)) {
      yield {
        method,
        path: path.replace(parameter, encoded).replace(/\{\w+\}/g, '1'),
        ...(body ? { body } : {})
      }
    }
  }
}

/** Lone surrogates too, as bytes that are not UTF-8. */
const encode = (text: string): string =>
  [...text].map(sign => (sign.isWellFormed() ? encodeURIComponent(sign) : '%ED%A0%80')).join('')
