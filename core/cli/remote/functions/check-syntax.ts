/** Whether code can be compiled, asked of the server that is to run it. */
import type { Client } from '../client.js'
import { filesOf } from './item-files.js'
import type { Local } from './local.js'

interface Checked {
  readonly ok: boolean
  readonly error?: { readonly message: string; readonly line?: number; readonly column?: number }
}

/** Undefined: it can. With the place in the file, as editors and terminals make links of it. */
export async function findSyntaxError(client: Client, local: Local): Promise<string | undefined> {
  const { ok, error } = await client.json<Checked>('/api/check', {
    method: 'POST',
    json: { code: local.content.code }
  })
  if (ok || error === undefined) return undefined
  const place = [error.line, error.column].filter(part => part !== undefined).join(':')
  return `${filesOf(local).code}:${place}: ${error.message.replace(/^main:\d+: /, '')}`
}
