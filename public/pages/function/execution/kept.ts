/** What an execution was called with and what it answered, as they are kept, made ready to be read. */
import { fromBase64, toHex } from '../../../format/body.js'
import { prettyJson } from '../../../format/json-layout.js'

export interface Kept {
  /** All but the body. */
  head: string
  /** 0 when there is none. */
  status: number
  headers: Array<{ name: string; value: string }>
  body: string
}

export const noKept = (): Kept => ({ head: '', status: 0, headers: [], body: '' })

const pretty = (text: string): string => prettyJson(text) ?? text

function readObject(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

/** Its body as text of its own; an event of another form is shown as it is. */
export function toKeptEvent(json = ''): Kept {
  const event = readObject(json)
  if (event === undefined || typeof event['body'] !== 'string') {
    return { ...noKept(), head: pretty(json) }
  }
  const { body, ...head } = event
  return { ...noKept(), head: JSON.stringify(head, null, 2), body: pretty(body) }
}

/** What was cut is not valid base64 any more: it stays as it is. */
function decoded(body: string): string {
  try {
    return toHex(fromBase64(body))
  } catch {
    return body
  }
}

export function toKeptResponse(json = ''): Kept {
  const response = readObject(json)
  if (response === undefined) return { ...noKept(), body: json }
  const { statusCode, headers, body, isBase64Encoded } = response
  const text = typeof body === 'string' ? body : ''
  return {
    ...noKept(),
    status: typeof statusCode === 'number' ? statusCode : 0,
    headers: Object.entries(headers ?? {}).map(([name, value]) => ({
      name,
      value: [value].flat().join(', ')
    })),
    body: isBase64Encoded === true ? decoded(text) : pretty(text)
  }
}
