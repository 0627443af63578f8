/**
 * What is kept of requests that functions make: which, what came of it, how long it took; no headers and no bodies.
 * Also of one that goes on when the run ends: it may be what the run waited for.
 */
import type { OutgoingRequest, OutgoingResponse } from '../../../core/contracts/outgoing-http.js'
import type { HttpRequestRecord } from '../../../core/contracts/records.js'
import type { IdSource } from '../../../core/base/ids.js'
import type { HostCall } from '../../../core/lua/module.js'
import { maskLogMessage, maskUrl } from '../../../core/masking/event.js'

const URL_CHARACTERS = 2048
const ERROR_CHARACTERS = 1000

export interface Records {
  readonly ids: Pick<IdSource, 'next'>
  readonly append: (record: HttpRequestRecord) => void
}

/** Performs the request and has its record kept, once, whichever way it ends. */
export async function recorded(
  { ids, append }: Records,
  call: HostCall,
  request: OutgoingRequest,
  perform: () => Promise<OutgoingResponse>
): Promise<OutgoingResponse> {
  const startedAt = Date.now()
  const keep = (
    result: Pick<HttpRequestRecord, 'status' | 'statusCode' | 'errorMessage' | 'responseSize'>
  ): void => {
    call.signal.removeEventListener('abort', onAbort)
    append({
      id: ids.next(),
      executionId: call.executionId,
      method: request.method,
      url: cut(maskUrl(cut(request.url))),
      requestSize: Buffer.byteLength(request.body ?? ''),
      durationMs: Date.now() - startedAt,
      createdAt: Math.floor(startedAt / 1000),
      ...result
    })
  }
  const keepFailure = (message: string): void => {
    const errorMessage = maskLogMessage(
      shorten(message.replaceAll(request.url, cut(maskUrl(cut(request.url)))))
    )
    keep({ status: 'error', statusCode: undefined, errorMessage, responseSize: undefined })
  }
  let isKept = call.signal.aborted
  const onAbort = (): void => {
    isKept = true
    keepFailure('the execution ended before the reply')
  }
  call.signal.addEventListener('abort', onAbort, { once: true })

  try {
    const reply = await perform()
    if (!isKept) {
      keep({
        status: 'success',
        statusCode: reply.statusCode,
        errorMessage: undefined,
        responseSize: reply.body.byteLength
      })
    }
    return reply
  } catch (error) {
    if (!isKept) keepFailure(error instanceof Error ? error.message : 'the request failed')
    throw error
  }
}

/** An address that is longer is no use to people; the rest of a broken escape goes too. */
const cut = (url: string): string =>
  url.length <= URL_CHARACTERS ? url : `${url.slice(0, URL_CHARACTERS - 1).replace(/%.?$/, '')}…`

const shorten = (message: string): string =>
  message.length <= ERROR_CHARACTERS ? message : `${message.slice(0, ERROR_CHARACTERS - 1)}…`
