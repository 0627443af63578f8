/**
 * The key-value store of one function, or the one shared by all (`functionId` undefined). Keys travel as base64 in the
 * query, never as a part of the path, where `.` and `..` would lead elsewhere; those too long for a query, in bodies.
 */
import { fetchOk, request, tagOf, type Ask } from './client.js'
import type { KvEntry } from './types.js'

const base = (functionId: string | undefined): string =>
  functionId === undefined ? '/api/kv' : `/api/functions/${encodeURIComponent(functionId)}/kv`

const values = (functionId: string | undefined): string => `${base(functionId)}-value`

/** The head of a request has 16 KiB, for all of it. */
const MAX_QUERY_BYTES = 4096
const fits = (encodedKey: string): boolean =>
  encodedKey !== '' && encodedKey.length <= MAX_QUERY_BYTES

/** The key's bytes in base64 (URL alphabet); keys need not be text. */
export function encodeKey(entry: { key: string; key_base64?: string }): string {
  return entry.key_base64 ?? toBase64Url(new TextEncoder().encode(entry.key))
}

function toBase64Url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, byte => String.fromCharCode(byte)).join('')
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

const toBytes = (encodedKey: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(encodedKey.replaceAll('-', '+').replaceAll('_', '/')), byte =>
    byte.charCodeAt(0)
  )

const toBlob = (...parts: Array<Uint8Array<ArrayBuffer>>): Blob =>
  new Blob(parts, { type: 'application/octet-stream' })

export interface KeyPage {
  entries: KvEntry[] | null
  next?: string
  next_base64?: string
}

/** Where the next page begins, for `after`; '' behind the last one. */
export const nextOf = ({ next, next_base64: base64 }: KeyPage): string =>
  next === undefined
    ? ''
    : encodeKey({ key: next, ...(base64 === undefined ? {} : { key_base64: base64 }) })

/** `after` is an encoded key. */
export function listKeys(
  functionId: string | undefined,
  asked: { prefix: string; after?: string; limit: number }
): Promise<KeyPage> {
  const { after = '' } = asked
  const query = { ...asked, prefix: encodeKey({ key: asked.prefix }), encoding: 'base64' }
  if (after.length + query.prefix.length <= MAX_QUERY_BYTES) {
    return request(base(functionId), { query })
  }
  return request(`${values(functionId)}/list`, { method: 'POST', body: query })
}

export async function readValue(
  functionId: string | undefined,
  encodedKey: string
): Promise<{ bytes: Uint8Array; tag: string }> {
  const url = values(functionId)
  const response = fits(encodedKey)
    ? await fetchOk(url, { query: byKey(encodedKey) })
    : await fetchOk(`${url}/read`, { method: 'POST', raw: toBlob(toBytes(encodedKey)) })
  return { bytes: new Uint8Array(await response.arrayBuffer()), tag: tagOf(response) }
}

/** What must be there for a change to be made; it fails with `Stale` otherwise. */
type Condition = Pick<Ask, 'ifMatch' | 'ifNew'>

export function writeValue(
  functionId: string | undefined,
  encodedKey: string,
  value: Uint8Array<ArrayBuffer>,
  ttl: number | undefined,
  condition: Condition
): Promise<Response> {
  const url = values(functionId)
  if (fits(encodedKey)) {
    return fetchOk(url, {
      ...condition,
      method: 'PUT',
      raw: toBlob(value),
      query: { ...byKey(encodedKey), ttl }
    })
  }
  const key = toBytes(encodedKey)
  return fetchOk(`${url}/entry`, {
    ...condition,
    method: 'PUT',
    raw: toBlob(key, value),
    query: { key_bytes: key.length, ttl }
  })
}

export function deleteValue(
  functionId: string | undefined,
  encodedKey: string,
  ifMatch: string
): Promise<Response> {
  const url = values(functionId)
  if (fits(encodedKey)) return fetchOk(url, { ifMatch, method: 'DELETE', query: byKey(encodedKey) })
  return fetchOk(`${url}/delete`, { ifMatch, method: 'POST', raw: toBlob(toBytes(encodedKey)) })
}

const byKey = (encodedKey: string) => ({ key: encodedKey, encoding: 'base64' })
