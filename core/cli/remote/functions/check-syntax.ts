/** Whether code can be compiled, asked of the server that is to run it. */
import { CODE_FILE } from '../../../export-import/function-file.js'
import type { Client } from '../client.js'
import type { LocalFunction } from './local.js'

interface Checked {
  readonly ok: boolean
  readonly error?: { readonly message: string; readonly line?: number; readonly column?: number }
}

/** Undefined: it can. With the place in the file, as editors and terminals make links of it. */
export async function findSyntaxError(
  client: Client,
  { folder, content }: LocalFunction
): Promise<string | undefined> {
  const { ok, error } = await client.json<Checked>('/api/check', {
    method: 'POST',
    json: { code: content.code }
  })
  if (ok || error === undefined) return undefined
  const place = [error.line, error.column].filter(part => part !== undefined).join(':')
  return `${folder}/${CODE_FILE}:${place}: ${error.message.replace(/^main:\d+: /, '')}`
}
