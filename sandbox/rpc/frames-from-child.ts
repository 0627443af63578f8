/** Frames of a child as values of the server. What is not as agreed is a ProtocolFault. */
import { BareRecord } from '../../core/base/bare-record.js'
import { toText } from '../../core/base/binary.js'
import type { Answer, AnswerHead } from '../../core/contracts/invocation.js'
import type { JobWish } from '../../core/contracts/job-ends.js'
import type { Fault } from '../../core/contracts/records.js'
import { badHeader } from '../protocol/header-rules.js'
import {
  FromChild,
  MAX_HEADER_BYTES,
  PROTOCOL_VERSION,
  ProtocolFault,
  Wish,
  childFaultKinds,
  type ChildFaultKind,
  type Usage
} from '../protocol/frames.js'

/** Longest error text that is kept; a Lua error may be as long as its author likes. */
const MAX_MESSAGE = 64 * 1024

/** The code of the child's program, where it was asked for. */
export function readReady([kind, version, code]: readonly unknown[]): Buffer | undefined {
  if (kind !== FromChild.ready || version !== PROTOCOL_VERSION) {
    throw new ProtocolFault(
      `version ${String(version)} of the protocol (the server has ${PROTOCOL_VERSION})`
    )
  }
  return code instanceof Uint8Array ? Buffer.from(code) : undefined
}

export function readArguments(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new ProtocolFault('a host call whose arguments are not a list')
  return value
}

export function readBinary(value: unknown, what: string): string {
  if (typeof value === 'string') return value
  if (value instanceof Uint8Array) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1')
  }
  throw new ProtocolFault(`${what} that is not a text`)
}

/** The frame's elements from `at` on: message kind, message, line, column, traceback, code. */
export function readFault(frame: readonly unknown[], at: number): Fault {
  const [kind, message, line, column, traceback, code] = frame.slice(at)
  if (typeof kind !== 'string' || !childFaultKinds.has(kind)) {
    throw new ProtocolFault('an error of an unknown kind')
  }
  return {
    kind: kind as ChildFaultKind,
    message: readText(message, 'the message of an error'),
    ...(isPlace(line) ? { line } : {}),
    ...(isPlace(column) ? { column } : {}),
    ...(traceback === null || traceback === undefined
      ? {}
      : { traceback: readText(traceback, 'the traceback of an error') }),
    ...(isText(code) ? { code: readText(code, 'the code of an error') } : {})
  }
}

const isText = (value: unknown): boolean => typeof value === 'string' || value instanceof Uint8Array

/** The last two elements of the frame that ends a run; unless both are times, `clockMs` counts as busy. */
export function readUsage(frame: readonly unknown[], clockMs: number): Usage {
  const busyMs = frame.at(-2)
  const asleepMs = frame.at(-1)
  return isTime(busyMs) && isTime(asleepMs) ? [busyMs, asleepMs] : [clockMs, 0]
}

/** Milliseconds that the run will sleep. */
export function readSleep([, ms]: readonly unknown[]): number {
  if (isTime(ms)) return ms
  throw new ProtocolFault('a sleep whose duration is not a time')
}

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value < 1e9
/** A longer text ends with `…`, by which masking knows that it may end within a secret. */
function readText(value: unknown, what: string): string {
  const binary = readBinary(value, what)
  return binary.length <= MAX_MESSAGE ? toText(binary) : `${toText(binary.slice(0, MAX_MESSAGE))}…`
}
const isPlace = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) > 0

/** What a function says about another attempt. */
export function readWish([, wish, value]: readonly unknown[]): JobWish {
  if (wish === Wish.giveUp) {
    return { kind: 'give_up', reason: readText(value, 'the reason for giving up') }
  }
  if (wish === Wish.retry && typeof value === 'number' && value >= 0 && value < Infinity) {
    return { kind: 'retry', afterSeconds: value }
  }
  throw new ProtocolFault('a request about another attempt that is neither to retry nor to give up')
}

/** Of an answer frame. `maxBody` in bytes. */
export function readAnswer(frame: readonly unknown[], maxBody: number): Answer {
  const [, , statusCode, headers, body, isBase64Encoded] = frame
  if (!(body instanceof Uint8Array) || body.length > maxBody) {
    throw new ProtocolFault(`an answer whose body is not bytes, or more than ${maxBody} of them`)
  }
  return {
    statusCode: readStatus(statusCode),
    headers: readHeaders(headers),
    // A view of what was read from the channel: it lives as long as the answer is being sent.
    body,
    isBase64Encoded: isBase64Encoded === true
  }
}

/** Of a head frame. */
export const readHead = ([, , statusCode, headers]: readonly unknown[]): AnswerHead => ({
  statusCode: readStatus(statusCode),
  headers: readHeaders(headers)
})

function readStatus(statusCode: unknown): number {
  if (Number.isInteger(statusCode)) {
    const status = statusCode as number
    if (status >= 100 && status <= 999) return status
  }
  throw new ProtocolFault('an answer whose status is not a number from 100 to 999')
}

function readHeaders(list: unknown): Answer['headers'] {
  if (!Array.isArray(list) || list.length % 2 !== 0) {
    throw new ProtocolFault('an answer whose headers are not a list of names and values')
  }
  const headers = new BareRecord<string | string[]>()
  let bytes = 0
  for (let i = 0; i < list.length; i += 2) {
    const name = readBinary(list[i], 'the name of a header')
    const value: unknown = list[i + 1]
    const values = Array.isArray(value)
      ? value.map(item => readBinary(item, 'the value of a header'))
      : readBinary(value, 'the value of a header')
    if (values.length === 0 && typeof values !== 'string') {
      throw new ProtocolFault('a header with an empty list of values')
    }
    for (const text of typeof values === 'string' ? [values] : values) {
      bytes += name.length + text.length
      if (badHeader(name, text) !== undefined || bytes > MAX_HEADER_BYTES) {
        throw new ProtocolFault(
          `a header that cannot be sent, or headers of more than ${MAX_HEADER_BYTES} bytes`
        )
      }
    }
    headers[name] = values
  }
  return headers
}

/** Throws ProtocolFault unless the frame ends the job that is going on. */
export function checkEnd(frame: readonly unknown[], id: string, kind: 'invoke' | 'check'): void {
  if (frame[1] !== id) throw new ProtocolFault('the end of a run that this process does not have')
  if ((frame[0] === FromChild.checked) !== (kind === 'check')) {
    throw new ProtocolFault(
      'a run that ends as a syntax check, or a syntax check that ends as a run'
    )
  }
}
