/** Reading the body of a request whole, within its limits. */
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { MoonletError } from '../base/errors.js'
import { BodyBuffer } from './body-buffer.js'
import { ReceivedBody } from './received-body.js'
import { limitTexts } from '../base/limit-texts.js'

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'

export interface BodyLimits {
  /** Bytes. */
  readonly limit: number
  /** The limit is not the setting's but that of an address that needs no more. */
  readonly isOwnLimit?: boolean
  /** Milliseconds for all of it, from now on. */
  readonly timeoutMs: number
}

/**
 * Gives the whole body. Rejects with BODY_TOO_LARGE (before anything is read where its length is told), with
 * REQUEST_TIMEOUT, with NO_ROOM, or with what the connection broke with. What was not read is up to the connection.
 */
export function readBody(
  request: IncomingMessage,
  { limit, isOwnLimit = false, timeoutMs }: BodyLimits,
  payload: Readable = request
): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > limit) {
    return Promise.reject(tooLarge(limit, isOwnLimit))
  }
  const refusal = ReceivedBody.of(request)?.refusal
  if (refusal !== undefined) return Promise.reject(refusal)
  return new Promise((resolve, reject) => {
    // Node lets no more pass than is announced. Of a stream that a hook has put in between, nothing is known.
    const isNodes = payload === request
    const body = new BodyBuffer(isNodes ? announced : 0, isNodes)
    const timer = setTimeout(() => {
      fail(tooLate(timeoutMs))
    }, timeoutMs)
    const stop = (): void => {
      clearTimeout(timer)
      payload.off('data', onData).off('end', onEnd).off('error', fail).off('close', onClose)
    }
    const fail = (error: Error): void => {
      stop()
      body.drop()
      reject(error)
    }
    const onData = (chunk: Buffer): void => {
      if (body.size + chunk.length > limit) fail(tooLarge(limit, isOwnLimit))
      else body.add(chunk)
    }
    const onEnd = (): void => {
      stop()
      resolve(body.join())
    }
    const onClose = (): void => {
      fail(endedEarly())
    }
    payload.on('data', onData).on('end', onEnd).on('error', fail).on('close', onClose)
  })
}

const tooLarge = (limit: number, isOwnLimit: boolean): MoonletError =>
  new MoonletError(
    'BODY_TOO_LARGE',
    limitTexts.bodyTooLarge(limit, isOwnLimit ? undefined : 'BODY_LIMIT')
  )

/** After it the connection is of no use: nobody knows when the rest would come. */
const tooLate = (timeoutMs: number): MoonletError =>
  new MoonletError('REQUEST_TIMEOUT', limitTexts.requestTooSlow(timeoutMs / 1000), {
    headers: { connection: 'close' }
  })

const endedEarly = (): Error =>
  Object.assign(new Error('The request ended early'), { code: 'ECONNRESET' })
