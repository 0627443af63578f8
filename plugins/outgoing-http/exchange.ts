/** One request and its reply, without redirects and unpacking, over a pooled connection. */
import type { Agent, Dispatcher } from 'undici'
import { fromBytes } from '../../core/base/binary.js'
import { canonicalHeaderName } from '../../core/http/header-names.js'
import { createCollector } from './collect.js'
import { noteConnection, wasStale, type ConnectionUse } from './connection-use.js'
import { failures, isClosedConnection, StaleConnection, toFailure } from './failure.js'
import type { Target } from './target.js'

export interface Hop {
  readonly method: string
  readonly target: Target
  /** As they go on the wire; values are binary strings. */
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body: Uint8Array | undefined
}

export interface Reply {
  readonly statusCode: number
  readonly statusText: string
  readonly headers: Readonly<Record<string, string>>
  readonly headersAll: Readonly<Record<string, readonly string[]>>
  readonly body: Buffer
}

/** Asking twice is as good as asking once (RFC 9110, 9.2.2). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])

interface Limits {
  readonly signal: AbortSignal
  readonly limit: number
}

/**
 * As `exchangeOnce`, but an idempotent request is repeated, once, when the other side closed a kept connection
 * before the first byte of its reply: servers do so at any time, and it need not have seen the request.
 */
export async function exchange(agent: Agent, hop: Hop, limits: Limits): Promise<Reply> {
  try {
    return await exchangeOnce(agent, hop, limits)
  } catch (error) {
    if (
      !(error instanceof StaleConnection) ||
      !IDEMPOTENT.has(hop.method) ||
      limits.signal.aborted
    ) {
      throw error
    }
    return await exchangeOnce(agent, hop, limits)
  }
}

/**
 * Resolves with the complete reply. Rejects at once when `signal` aborts, with its reason, wherever the request is
 * then: in the name lookup, connecting, waiting, or reading. A body over `limit` bytes ends the connection.
 */
function exchangeOnce(agent: Agent, hop: Hop, { signal, limit }: Limits): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { target } = hop
    const body = createCollector(limit)
    let head: Omit<Reply, 'body'> | undefined
    let controller: Dispatcher.DispatchController | undefined
    let connection: ConnectionUse | undefined

    const abort = () => {
      controller?.abort(signal.reason)
      reject(signal.reason)
    }
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    const done = () => signal.removeEventListener('abort', abort)

    agent.dispatch(
      {
        origin: target.origin,
        path: target.path,
        method: hop.method as Dispatcher.HttpMethod,
        headers: hop.headers,
        body: hop.body ?? null
      },
      {
        onRequestStart(started) {
          controller = started
          if (signal.aborted) return started.abort(signal.reason)
          connection = noteConnection()
        },
        onResponseStart(started, statusCode, _headers, statusText = '') {
          if (statusCode < 200) return
          head = { statusCode, statusText, ...toHeaders(started.rawHeaders) }
          if (hop.method !== 'HEAD' && Number(head.headers['Content-Length'] ?? 0) > limit) {
            started.abort(failures.tooLarge(target.host, limit))
          }
        },
        onResponseData(started, chunk) {
          if (!body.add(chunk)) started.abort(failures.tooLarge(target.host, limit))
        },
        onResponseEnd() {
          done()
          if (head === undefined) return reject(toFailure(undefined, target.host))
          resolve({ ...head, body: body.bytes() })
        },
        onResponseError(_started, error) {
          done()
          const failure = toFailure(error, target.host)
          const isStale =
            isClosedConnection(error) && connection !== undefined && wasStale(connection)
          reject(isStale ? new StaleConnection(failure.message, { cause: error }) : failure)
        }
      }
    )
  })
}

/** First and all values by canonical name; undici gives names and values in turn, as bytes. */
function toHeaders(
  raw: Dispatcher.DispatchController['rawHeaders']
): Pick<Reply, 'headers' | 'headersAll'> {
  const headers: Record<string, string> = Object.create(null)
  const headersAll: Record<string, string[]> = Object.create(null)
  if (!Array.isArray(raw)) return { headers, headersAll }
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = canonicalHeaderName(toBinary(raw[i]))
    const value = toBinary(raw[i + 1])
    headers[name] ??= value
    headersAll[name] ??= []
    headersAll[name].push(value)
  }
  return { headers, headersAll }
}

const toBinary = (part: Buffer | string | undefined) =>
  part === undefined ? '' : typeof part === 'string' ? part : fromBytes(part)
