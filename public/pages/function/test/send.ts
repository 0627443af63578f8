/** Sends a request as anybody would, or runs the function as the dashboard where not everybody may call it. */
import { runDraft } from '../../../api/functions.js'
import type { LogEntry } from '../../../api/types.js'
import { fromBase64 } from '../../../format/body.js'
import { current, functionAddress } from '../../function.js'
import { isStreamed, readStream } from './stream.js'
import { sendsBody, toAddress, toHeaders, toInit, type TestRequest } from './request.js'

export interface Sent {
  readonly response: Pick<Response, 'status' | 'headers'>
  readonly body: Uint8Array<ArrayBuffer>
  readonly durationMs: number
  readonly logs: LogEntry[]
  /** The connection ended before the body did. */
  readonly hasBrokenOff: boolean
}

/** Whether everybody may call the function. */
export const isOpen = (): boolean => (current.fn.access?.mode ?? 'public') === 'public'

export interface Following {
  /** Ends the call. */
  readonly signal: AbortSignal
  /** Is given what has come of a response that is streamed. */
  readonly onPart: (response: Response, bytes: Uint8Array<ArrayBuffer>) => void
}

export async function call(request: TestRequest, { signal, onPart }: Following): Promise<Sent> {
  const started = performance.now()
  const init = { ...toInit(request), signal }
  const response = await fetch(toAddress(functionAddress(), request), init)
  const { body, isWhole } = isStreamed(response)
    ? await readStream(response, bytes => {
        onPart(response, bytes)
      })
    : { body: new Uint8Array(await response.arrayBuffer()), isWhole: true }
  const durationMs = performance.now() - started
  return { response, body, durationMs, logs: [], hasBrokenOff: !isWhole && !signal.aborted }
}

/** The active version's code as a draft, which needs no key and leaves no execution. */
export async function runAsDashboard(request: TestRequest): Promise<Sent> {
  const url = new URL(toAddress(location.origin, request))
  const outcome = await runDraft(current.fn.id, {
    code: current.fn.active_version.code,
    event: {
      method: request.method,
      path: decodeURIComponent(url.pathname),
      query: Object.fromEntries(url.searchParams),
      headers: Object.fromEntries(toHeaders(request)),
      ...(sendsBody(request.method) ? { body: request.body } : {})
    }
  })
  const { status_code: status = 500, error, logs, duration_ms: durationMs } = outcome
  const headers = new Headers(error === undefined ? [] : [['content-type', 'text/plain']])
  for (const [name, value] of Object.entries(outcome.headers ?? {})) {
    for (const one of [value].flat()) headers.append(name, one)
  }
  const text = error?.text ?? error?.message ?? outcome.body ?? ''
  const { body_base64: base64 } = outcome
  const body = base64 === undefined ? new TextEncoder().encode(text) : fromBase64(base64)
  return {
    response: { status, headers },
    body: new Uint8Array(body),
    durationMs,
    logs,
    hasBrokenOff: false
  }
}
