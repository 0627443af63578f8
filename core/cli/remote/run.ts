/** `moonlet run`: one call of a function, or one run of code that is not saved. */
import { isUtf8 } from 'node:buffer'
import { readFile } from 'node:fs/promises'
import { toText } from '../../export-import/plain-file.js'
import type { Context } from '../context.js'
import { exitCodes, Failure } from '../failure.js'
import type { Client } from './client.js'
import { connect } from './connect.js'
import { findFunction } from './functions/find.js'
import type { RemoteFunction } from './functions/remote.js'
import { logLine, type LogEntry } from './show.js'

export interface RunOptions {
  readonly data?: string
  readonly method?: string
  readonly path?: string
  readonly query?: readonly string[]
  readonly header?: readonly string[]
  /** File of code that runs in the place of the active version. */
  readonly draft?: string
}

export interface RunEvent {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** In the place of `body`, of a file that is no text. */
  readonly bytes?: Buffer
}

export interface RunResult {
  readonly status_code?: number
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string
  readonly body_base64?: string
  readonly duration_ms: number
  readonly logs: readonly LogEntry[]
  readonly error?: { readonly kind: string; readonly message: string; readonly text?: string }
  readonly execution_id?: string
}

export async function run(context: Context, name: string, options: RunOptions): Promise<number> {
  const client = await connect()
  const found = await findFunction(client, name)
  const event = await toEvent(options)
  const result = await runEvent(client, found, event, options.draft)
  sayResult(context, result)
  context.report({ function_id: found.id, ...result })
  return isSuccess(result) ? exitCodes.done : exitCodes.failed
}

export const isSuccess = ({ status_code: status, error }: RunResult): boolean =>
  error === undefined && status !== undefined && status < 400

async function runEvent(
  client: Client,
  found: RemoteFunction,
  event: RunEvent,
  draft: string | undefined
): Promise<RunResult> {
  if (draft !== undefined) return runDraft(client, found.id, await readCode(draft), event)
  const { mode = 'public' } = (found.listed.access ?? {}) as { mode?: string }
  // Who may call it is not asked of its owner, who runs the active version as the dashboard does.
  if (mode !== 'public') return runDraft(client, found.id, found.content.code, event)
  return call(client, found.id, event)
}

export const runDraft = (
  client: Client,
  id: string,
  code: string,
  event: RunEvent,
  modules: Readonly<Record<string, string>> = {}
): Promise<RunResult> => {
  if (event.bytes !== undefined) {
    throw new Failure('failed', 'What --data names is no text, which only a public function takes')
  }
  return client.json<RunResult>(`/api/functions/${id}/draft`, {
    method: 'POST',
    json: { code, event, ...(Object.keys(modules).length === 0 ? {} : { modules }) }
  })
}

async function readCode(file: string): Promise<string> {
  const bytes = await readBytes(file)
  try {
    return toText(file, bytes)
  } catch (error) {
    throw new Failure('failed', error instanceof Error ? error.message : String(error))
  }
}

const readBytes = (file: string): Promise<Buffer> =>
  readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new Failure('failed', `${file} cannot be read (${String(error.code)})`)
  })

/** As everybody calls it, without the token. */
async function call(client: Client, id: string, event: RunEvent): Promise<RunResult> {
  const base = await functionsUrl(client)
  const began = performance.now()
  const answer = await base.answer(`/fn/${id}${encodePath(event.path)}`, {
    method: event.method as 'GET',
    query: event.query,
    headers: event.headers,
    ...toSent(event)
  })
  const duration = Math.round(performance.now() - began)
  const executionId = answer.headers.get('x-execution-id') ?? undefined
  const text = answer.bytes.toString('utf8')
  const isText = Buffer.from(text).equals(answer.bytes)
  return {
    status_code: answer.status,
    headers: Object.fromEntries(answer.headers),
    ...(isText ? { body: text } : { body_base64: answer.bytes.toString('base64') }),
    duration_ms: duration,
    logs: executionId === undefined ? [] : await readLogs(client, executionId),
    ...(executionId === undefined ? {} : { execution_id: executionId })
  }
}

const toSent = ({ body, bytes }: RunEvent): { bytes?: Buffer } =>
  bytes !== undefined ? { bytes } : body === undefined ? {} : { bytes: Buffer.from(body) }

/** Where functions answer: on a host of their own where the server has one. */
async function functionsUrl(client: Client): Promise<Client> {
  const status = await client
    .json<{ functions_url?: string }>('/api/status')
    .catch(() => ({ functions_url: undefined }))
  const own = status.functions_url
  return client.withoutToken(own === undefined || !isOtherHost(own, client.url) ? client.url : own)
}

const isOtherHost = (own: string, url: string): boolean =>
  URL.canParse(own) && new URL(own).hostname !== new URL(url).hostname

const encodePath = (path: string): string =>
  path === '/' ? '' : path.split('/').map(encodeURIComponent).join('/')

/** A token that may run functions need not be one that may read their logs. */
export async function readLogs(client: Client, executionId: string): Promise<readonly LogEntry[]> {
  try {
    const { logs } = await client.json<{ logs: readonly LogEntry[] }>(
      `/api/executions/${executionId}/logs`,
      { query: { limit: 100 } }
    )
    return logs
  } catch {
    return []
  }
}

export async function toEvent({
  data,
  method,
  path = '/',
  query = [],
  header = []
}: RunOptions): Promise<RunEvent> {
  if (!path.startsWith('/')) throw new Failure('usage', '--path must begin with /')
  const bytes = data?.startsWith('@') === true ? await readBytes(data.slice(1)) : undefined
  const isText = bytes === undefined || isUtf8(bytes)
  const body = isText ? (bytes?.toString('utf8') ?? data) : undefined
  const headers = toPairs('--header', header, ':')
  const typed = Object.keys(headers).some(name => name.toLowerCase() === 'content-type')
  return {
    method: (method ?? (data === undefined ? 'GET' : 'POST')).toUpperCase(),
    path,
    query: toPairs('--query', query, '='),
    headers: data === undefined || typed ? headers : { 'Content-Type': typeOf(body), ...headers },
    ...(body === undefined ? {} : { body }),
    ...(isText ? {} : { bytes })
  }
}

function toPairs(
  option: string,
  texts: readonly string[],
  separator: ':' | '='
): Record<string, string> {
  return Object.fromEntries(
    texts.map(text => {
      const at = text.indexOf(separator)
      if (at < 1) throw new Failure('usage', `${option} wants name${separator}value, not "${text}"`)
      return [text.slice(0, at).trim(), text.slice(at + 1).trim()]
    })
  )
}

/** Undefined: it is no text. */
function typeOf(body: string | undefined): string {
  if (body === undefined) return 'application/octet-stream'
  try {
    JSON.parse(body)
    return 'application/json'
  } catch {
    return 'text/plain; charset=utf-8'
  }
}

export function sayResult({ terminal }: Context, result: RunResult): void {
  const { status_code: status, duration_ms: duration, error, body = '', logs } = result
  for (const entry of logs) terminal.note(logLine(entry))
  if (error !== undefined) {
    terminal.note(`failed after ${duration} ms`)
    for (const line of (error.text ?? error.message).split('\n')) terminal.note(line)
    return
  }
  terminal.note(`${status ?? ''} after ${duration} ms`)
  const shown = result.body_base64 === undefined ? body : `(${result.body_base64.length} base64)`
  for (const line of shown.replace(/\n$/, '').split('\n')) terminal.say(line)
}
