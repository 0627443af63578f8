/** Makes a function of a template, with all that it needs to answer its first call. */
import { createFunction, updateFunction } from '../api/functions.js'
import { replaceVariables, variablesApi } from '../api/variables.js'
import type { LuaFunction } from '../api/types.js'
import { write } from '../shell/local-storage.js'
import { emptyEvent } from './function/code/draft-event.js'
import { emptyRequest, type Pair } from './function/test/request.js'
import type { FirstCall, Template } from './templates.js'

const toHex = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), byte => byte.toString(16).padStart(2, '0')).join('')
const toPairs = (values: Readonly<Record<string, string>> = {}): Pair[] =>
  Object.entries(values).map(([name, value]) => ({ name, value }))

/** Browsers give these means to pages over HTTPS and on the same machine alone; elsewhere there is no signature. */
async function sign(body: string, secret: string): Promise<Record<string, string>> {
  if (!globalThis.isSecureContext) return {}
  const encoder = new TextEncoder()
  const key = await crypto.subtle.importKey(
    'raw',
    encoder.encode(secret),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign']
  )
  return {
    'X-Signature-256': `sha256=${toHex(await crypto.subtle.sign('HMAC', key, encoder.encode(body)))}`
  }
}

/** The pages Test and Code begin with this call. */
function keepFirstCall(
  id: string,
  { method = 'GET', path = '/', query = {}, headers = {}, body = '' }: FirstCall
): void {
  write(`requests.${id}`, [
    { ...emptyRequest(), method, path, query: toPairs(query), headers: toPairs(headers), body }
  ])
  const search = new URLSearchParams(query).toString()
  const lines = Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')
  write(`event.${id}`, {
    ...emptyEvent(),
    method,
    path: search === '' ? path : `${path}?${search}`,
    headers: lines,
    body
  })
}

/** What follows the making itself; a failure leaves a function that is complete but for this. */
async function equip(id: string, { schedule, secret, call }: Template): Promise<void> {
  let headers = call?.headers ?? {}
  if (secret !== undefined) {
    const value = toHex(crypto.getRandomValues(new Uint8Array(24)).buffer)
    await replaceVariables(variablesApi(id), { [secret]: value })
    headers = { ...headers, ...(await sign(call?.body ?? '', value)) }
  }
  if (call) keepFirstCall(id, { ...call, headers })
  if (schedule !== undefined) {
    await updateFunction(id, { cron_schedule: schedule, cron_status: 'active' })
  }
}

export async function createFromTemplate(
  template: Template,
  named: { name: string; description?: string },
  onIncomplete: (error: unknown) => void
): Promise<LuaFunction> {
  const made = await createFunction({ ...named, code: template.code })
  await equip(made.id, template).catch(onIncomplete)
  return made
}
