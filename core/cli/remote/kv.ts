/** `moonlet kv`: what a function has stored, or, with `--global`, what all functions share. */
import type { Context } from '../context.js'
import { exitCodes, Failure } from '../failure.js'
import type { Client } from './client.js'
import { connect } from './connect.js'
import { findFunction } from './functions/find.js'
import { sayTable, toTime } from './show.js'

export interface KvOptions {
  readonly global?: boolean
  readonly prefix?: string
  readonly ttl?: string
}

interface Entry {
  readonly key: string
  readonly key_base64?: string
  readonly size: number
  readonly expires_at?: number
  readonly preview: string | null
}

interface Store {
  readonly client: Client
  readonly path: string
}

export async function listKv(
  context: Context,
  args: readonly string[],
  options: KvOptions
): Promise<number> {
  const [store] = await open(args, options, [])
  const entries: Entry[] = []
  let after: { readonly after?: string; readonly encoding?: 'base64' } = {}
  for (;;) {
    const page = await store.client.json<{
      entries: readonly Entry[]
      next?: string
      next_base64?: string
    }>(`${store.path}-value/list`, {
      method: 'POST',
      json: { prefix: toPrefix(options.prefix, after.encoding), limit: 100, ...after }
    })
    entries.push(...page.entries)
    if (page.next === undefined) break
    after =
      page.next_base64 === undefined
        ? { after: page.next }
        : { after: page.next_base64, encoding: 'base64' }
  }
  sayTable(
    context.terminal,
    ['KEY', 'BYTES', 'EXPIRES', 'VALUE'],
    entries.map(({ key, size, expires_at: expires, preview }) => [
      key,
      String(size),
      expires === undefined ? '' : toTime(expires),
      preview ?? '(bytes)'
    ])
  )
  context.report({ entries })
  return exitCodes.done
}

const toPrefix = (prefix = '', encoding?: 'base64'): string =>
  encoding === undefined ? prefix : Buffer.from(prefix).toString('base64url')

export async function getKv(
  context: Context,
  args: readonly string[],
  options: KvOptions
): Promise<number> {
  const [{ client, path }, key] = await open(args, options, ['key'])
  const { bytes } = await client.bytes(`${path}-value`, { query: { key } })
  const text = bytes.toString('utf8')
  const isText = Buffer.from(text).equals(bytes)
  for (const line of isText ? text.split('\n') : [bytes.toString('base64')]) {
    context.terminal.say(line)
  }
  context.report({
    key,
    ...(isText ? { value: text } : { value_base64: bytes.toString('base64') })
  })
  return exitCodes.done
}

export async function setKv(
  context: Context,
  args: readonly string[],
  options: KvOptions
): Promise<number> {
  const [{ client, path }, key, value = ''] = await open(args, options, ['key', 'value'])
  await client.bytes(`${path}-value`, {
    method: 'PUT',
    query: { key, ttl: options.ttl },
    bytes: Buffer.from(value)
  })
  context.terminal.say(`${key} set`)
  context.report({ key, size: Buffer.byteLength(value) })
  return exitCodes.done
}

export async function deleteKv(
  context: Context,
  args: readonly string[],
  options: KvOptions
): Promise<number> {
  const [{ client, path }, key] = await open(args, options, ['key'])
  await client.bytes(`${path}-value`, { method: 'DELETE', query: { key } })
  context.terminal.say(`${key} deleted`)
  context.report({ key })
  return exitCodes.done
}

/** The store, and the arguments behind the function's name. */
async function open(
  args: readonly string[],
  { global = false }: KvOptions,
  wanted: readonly string[]
): Promise<[Store, ...string[]]> {
  const names = global ? wanted : ['function', ...wanted]
  if (args.length !== names.length) {
    throw new Failure(
      'usage',
      `Wanted: ${names.map(name => `<${name}>`).join(' ')}${global ? '' : ', or --global without a function'}`
    )
  }
  const client = await connect()
  if (global) return [{ client, path: '/api/kv' }, ...args]
  const [name = '', ...rest] = args
  const { id } = await findFunction(client, name)
  return [{ client, path: `/api/functions/${id}/kv` }, ...rest]
}
