/** The event a draft is run with, as it is typed and as the server wants it. */
import type { DraftEvent, DraftOutcome, LogEntry } from '../../../api/types.js'
import type { Problem } from '../../../editor/contract.js'
import type { ErrorText } from '../../../format/error-text.js'
import { parseErrorText } from '../../../format/error-text.js'
import { fromBase64, toHex } from '../../../format/body.js'
import { prettyJson } from '../../../format/json-layout.js'
import { t } from '../../../i18n/locale.js'

export interface TypedEvent {
  method: string
  path: string
  headers: string
  body: string
}
export const emptyEvent = (): TypedEvent => ({ method: 'GET', path: '/', headers: '', body: '' })

/** `Name: value` lines. */
function parseHeaders(text: string): Record<string, string> {
  const lines = text.split('\n').map(line => /^\s*([^:\s]+)\s*:\s*(.*?)\s*$/.exec(line))
  return Object.fromEntries(lines.flatMap(match => (match ? [[match[1], match[2]]] : [])))
}

export function toDraftEvent({ method, path, headers, body }: TypedEvent): DraftEvent {
  const url = new URL(path.startsWith('/') ? path : `/${path}`, location.origin)
  return {
    method,
    path: decodeURIComponent(url.pathname),
    query: Object.fromEntries(url.searchParams),
    headers: parseHeaders(headers),
    body
  }
}

export interface DraftView {
  shown: boolean
  good: boolean
  label: string
  durationMs: number
  line: number
  body: string
  headers: Array<{ name: string; value: string }>
  logs: LogEntry[]
  error: ErrorText
}

const noError: ErrorText = { headline: '', excerpt: [], advice: [] }
export const noDraftView = (): DraftView => ({
  shown: false,
  good: true,
  label: '',
  durationMs: 0,
  line: 0,
  body: '',
  headers: [],
  logs: [],
  error: noError
})

/** `module`: what the server calls the code of the page in errors; undefined for that of a function. */
export function toDraftView(outcome: DraftOutcome, module: string | undefined): DraftView {
  const { error, status_code: status = 0, headers = {} } = outcome
  const body =
    outcome.body_base64 === undefined
      ? (outcome.body ?? '')
      : toHex(fromBase64(outcome.body_base64))
  return {
    shown: true,
    good: error === undefined && status < 400,
    label: error === undefined ? String(status) : t('status.error'),
    durationMs: outcome.duration_ms,
    line: error?.module === module ? (error?.line ?? 0) : 0,
    body: prettyJson(body) ?? body,
    headers: Object.entries(headers).map(([name, value]) => ({
      name,
      value: [value].flat().join(', ')
    })),
    logs: outcome.logs,
    error: error === undefined ? noError : parseErrorText(error.text ?? error.message)
  }
}

/** Where in the code of the page the draft failed, if it is known and failed there. */
export function toProblem(
  { error }: DraftOutcome,
  module: string | undefined
): Problem | undefined {
  if (error?.line === undefined || error.module !== module) return undefined
  const { message, line, column } = error
  return { message, line, ...(column === undefined ? {} : { column }) }
}
