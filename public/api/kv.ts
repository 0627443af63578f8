/** The key-value store of one function, or the one shared by all (`functionId` undefined). */
import { fetchOk, request } from './client.js'
import type { KvEntry } from './types.js'

const base = (functionId: string | undefined): string => functionId === undefined ? '/api/kv' : `/api/functions/${encodeURIComponent(functionId)}/kv`

/** Percent-encodes the key's bytes; keys need not be text. */
export function encodeKey (entry: { key: string, key_base64?: string }): string {
  if (entry.key_base64 === undefined) return encodeURIComponent(entry.key)
  return Array.from(atob(entry.key_base64), byte => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')
}

export const listKeys = (functionId: string | undefined, query: { prefix?: string, after?: string, limit: number }): Promise<{ entries: KvEntry[] | null, next?: string }> =>
  request(base(functionId), { query })

export async function readValue (functionId: string | undefined, encodedKey: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetchOk(`${base(functionId)}/${encodedKey}`)).arrayBuffer())
}

export const writeValue = (functionId: string | undefined, encodedKey: string, value: Uint8Array<ArrayBuffer>, ttl: number | undefined): Promise<Response> =>
  fetchOk(`${base(functionId)}/${encodedKey}`, { method: 'PUT', raw: new Blob([value], { type: 'application/octet-stream' }), query: { ttl } })

export const deleteValue = (functionId: string | undefined, encodedKey: string): Promise<Response> =>
  fetchOk(`${base(functionId)}/${encodedKey}`, { method: 'DELETE' })
