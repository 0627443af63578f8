/** What a function answered, made ready to be shown. */
import type { LogEntry } from '../../../api/types.js'
import type { BodyKind } from '../../../format/body.js'
import { decodeText, kindOf, toHex } from '../../../format/body.js'
import { prettyJson } from '../../../format/json-layout.js'

export type BodyView = 'pretty' | 'preview' | 'image' | 'text' | 'hex' | 'none'

export interface ResponseView {
  /** 0 while there is none. */
  status: number
  durationMs: number
  size: number
  kind: BodyKind
  view: BodyView
  views: BodyView[]
  /** Of the body as it came, for pictures. */
  url: string
  headers: Array<{ name: string; value: string }>
  executionId: string
  logs: LogEntry[]
}

const viewsOf: Readonly<Record<BodyKind, BodyView[]>> = {
  empty: ['none'],
  json: ['pretty', 'text', 'hex'],
  html: ['preview', 'text', 'hex'],
  image: ['image', 'hex'],
  text: ['text', 'hex'],
  binary: ['hex']
}

export const noResponse = (): ResponseView => ({
  status: 0,
  durationMs: 0,
  size: 0,
  kind: 'empty',
  view: 'none',
  views: [],
  url: '',
  headers: [],
  executionId: '',
  logs: []
})

export function toResponseView(
  response: Pick<Response, 'status' | 'headers'>,
  bytes: Uint8Array<ArrayBuffer>,
  durationMs: number
): ResponseView {
  const type = response.headers.get('content-type') ?? ''
  const kind = kindOf(type, bytes)
  return {
    ...noResponse(),
    status: response.status,
    durationMs: Number(response.headers.get('x-execution-duration-ms') ?? Math.round(durationMs)),
    size: bytes.length,
    kind,
    views: viewsOf[kind],
    view: viewsOf[kind][0] ?? 'none',
    url: kind === 'image' ? URL.createObjectURL(new Blob([bytes], { type })) : '',
    headers: Array.from(response.headers, ([name, value]) => ({ name, value })),
    executionId: response.headers.get('x-execution-id') ?? ''
  }
}

/** The same of a body that is still coming in: as text, or as bytes. */
export function toPartialView(
  response: Pick<Response, 'status' | 'headers'>,
  bytes: Uint8Array<ArrayBuffer>
): ResponseView {
  const view = toResponseView(response, bytes, 0)
  const kind = view.kind === 'image' || decodeText(bytes) === undefined ? 'binary' : 'text'
  URL.revokeObjectURL(view.url)
  return { ...view, kind, views: viewsOf[kind], view: viewsOf[kind][0] ?? 'none', url: '' }
}

/** So many bytes are shown as hex. */
export const MAX_HEX_BYTES = 64 * 1024

/** The textual views of a body, each made once. */
export function createBodyTexts(bytes: Uint8Array): (view: BodyView) => string {
  const made = new Map<BodyView, string>()
  return view => {
    const text = made.get(view) ?? bodyText(bytes, view)
    made.set(view, text)
    return text
  }
}

function bodyText(bytes: Uint8Array, view: BodyView): string {
  if (view === 'hex') return toHex(bytes, MAX_HEX_BYTES)
  const text = decodeText(bytes) ?? ''
  return view === 'pretty' ? (prettyJson(text) ?? text) : text
}
