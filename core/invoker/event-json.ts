/**
 * The event as it is stored: masked JSON text with `method`, `path`, `relativePath`, `headers`, `body` and `query`,
 * and, where there are any, `params` of the route, and `moreHeaders` and `moreQuery`: those behind the first of a name.
 *
 * It is bounded, since callers choose its size and their history is not worth a stop of the server: of the body its
 * first bytes are stored, of headers and query those that fit. What was cut says so: `truncated` is true then, and
 * `bodySize` and `bodySha256` tell of a cut body what it was.
 */
import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { textOfFirst, toText } from '../base/binary.js'
import { isPlainJsonText } from '../base/plain-bytes.js'
import type { EventDetails, InvocationEvent } from '../contracts/invocation.js'
import type { MaybePromise } from '../base/maybe-promise.js'
import {
  headerField,
  maskCutBody,
  maskForm,
  maskJsonBody,
  parameterField,
  REDACTED
} from '../masking/event.js'
import { quote } from '../masking/quote.js'

/** Hashed in one go; some milliseconds where the processor has no instructions for it. */
const HASH_SLICE = 1024 * 1024
/** Characters from which it is worth looking at a body's bytes before its text is quoted. */
const LONG_TEXT = 1024

/** The event as JSON text; `limit` in bytes of the body, of each text, and of headers and query together. */
export function storedEvent(event: InvocationEvent, limit: number): MaybePromise<string> {
  return event.body.length <= limit ? eventJson(event, limit) : hashed(event, limit)
}

async function hashed(event: InvocationEvent, limit: number): Promise<string> {
  return eventJson(event, limit, await sha256(event.body))
}

/** In slices, so that the server goes on in between. */
async function sha256(bytes: Uint8Array): Promise<string> {
  const hash = createHash('sha256')
  for (let at = 0; at < bytes.length; at += HASH_SLICE) {
    if (at > 0) await nextTurn()
    hash.update(bytes.subarray(at, at + HASH_SLICE))
  }
  return hash.digest('hex')
}

/** The same for an event whose body needs no hash, or has that one. */
export function eventJson(event: InvocationEvent, limit: number, bodySha256?: string): string {
  const { method, path, relativePath, headers, query, body } = event
  const bounds: Bounds = { left: limit, cut: false }
  const json =
    `{"method":${textJson(method, limit, bounds)},"path":${textJson(path, limit, bounds)}` +
    `,"relativePath":${textJson(relativePath, limit, bounds)},"headers":${fieldsJson(headers, headerField, bounds)}` +
    `,"body":${bodyJson(body, limit, headers['Content-Type'])},"query":${fieldsJson(query, parameterField, bounds)}`
  const rest = event.details === undefined ? '' : detailsJson(event.details, bounds)
  const cutBody =
    body.length > limit ? `,"bodySize":${body.length},"bodySha256":"${bodySha256 ?? ''}"` : ''
  const whole = json + rest
  return bounds.cut || cutBody !== '' ? `${whole},"truncated":true${cutBody}}` : `${whole}}`
}

/** What another run needs beside the main fields; most events have nothing of it. */
function detailsJson({ params, moreHeaders, moreQuery }: EventDetails, bounds: Bounds): string {
  const names =
    params === undefined ? '' : `,"params":${fieldsJson(params, parameterField, bounds)}`
  const headers = moreHeaders && `,"moreHeaders":${pairsJson(moreHeaders, headerField, bounds)}`
  const query = moreQuery && `,"moreQuery":${pairsJson(moreQuery, parameterField, bounds)}`
  return names + (headers ?? '') + (query ?? '')
}

/** Pairs in their order, as a list of objects with one field each. */
function pairsJson(pairs: readonly string[], fieldOf: typeof headerField, bounds: Bounds): string {
  const fields: string[] = []
  for (let i = 0; i + 1 < pairs.length && !bounds.cut; i += 2) {
    const field = fieldsJson({ [pairs[i] as string]: pairs[i + 1] as string }, fieldOf, bounds)
    if (!bounds.cut) fields.push(field)
  }
  return `[${fields.join(',')}]`
}

interface Bounds {
  /** Bytes that the headers and the query may still take. */
  left: number
  cut: boolean
}

function textJson(binary: string, limit: number, bounds: Bounds): string {
  if (binary.length <= limit) return quote(toText(binary))
  bounds.cut = true
  return quote(toText(binary.slice(0, limit)))
}

function bodyJson(body: Uint8Array, limit: number, contentType: string | undefined): string {
  if (body.length === 0) return '""'
  const text = textOfFirst(body, limit)
  const form = contentType === undefined ? undefined : maskForm(text, contentType)
  if (form !== undefined) return quote(form)
  const masked = body.length > limit ? maskCutBody(text) : maskJsonBody(text)
  return isAsItCame(masked, text, body) ? `"${text}"` : quote(masked)
}

/** Nothing is masked, and no character of its needs an escape: that is found faster in bytes than in the text. */
const isAsItCame = (masked: string, text: string, body: Uint8Array): boolean =>
  text.length >= LONG_TEXT && masked === text && isPlainJsonText(body.subarray(0, text.length))

function fieldsJson(
  fields: Readonly<Record<string, string>>,
  fieldOf: typeof headerField,
  bounds: Bounds
): string {
  let json = ''
  for (const name in fields) {
    const value = fields[name] ?? ''
    bounds.left -= name.length + value.length
    if (bounds.left < 0) {
      bounds.cut = true
      break
    }
    const { start, masked } = fieldOf(name)
    json += masked ? `,${start}"${REDACTED}"` : `,${start}${quote(toText(value))}`
  }
  return json === '' ? '{}' : `{${json.slice(1)}}`
}
