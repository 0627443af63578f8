/**
 * The frame of a run's answer: a plain one (plain.ts), whose text has a line for each thing. That needs no escapes:
 * no header that may be sent has a control character, and nothing else is a text of the function's.
 */
import {
  FromChild,
  MAX_HEADER_BYTES,
  type AnswerFields,
  type AnswerFrame,
  type Usage
} from './frames.js'
import { plainBody, plainText } from './plain.js'

/** Stands before the number of values of a header that has a list of them; no value begins so. */
const LIST = '\x01'
/** Lines before the headers. */
const FIRST_HEADER = 5
/**
 * A time is in microseconds, 18 minutes at most, in characters of six bits each from '0' on, the lowest first: to make
 * a decimal text of a number that is new each time costs more, and fills a table of V8's.
 */
const MAX_TIME = 2 ** 30 - 1
const ZERO = 48
const NO_TIME = '0'
/** Every header's line ends and counts of values, and the lines that are not headers. */
const MAX_TEXT_BYTES = 4 * MAX_HEADER_BYTES + 1024

/** The text of the frame; its body is the answer's. */
export function answerText(answer: AnswerFields, usage: Usage): string {
  const { headers } = answer
  const asleep = usage[1] === 0 ? NO_TIME : timeText(usage[1])
  let text = `${answer.id}\n${answer.statusCode}\n${answer.isBase64Encoded ? '1' : '0'}`
  text += `\n${timeText(usage[0])}\n${asleep}`
  for (let i = 0; i < headers.length; i++) {
    const value = headers[i] as string | readonly string[]
    text +=
      typeof value === 'string' ? `\n${value}` : `\n${LIST}${value.length}\n${value.join('\n')}`
  }
  return text
}

/**
 * Without its length in front; the body is a view. Throws a ProtocolFault if the text is too long; its content is not
 * checked yet.
 */
export function decodeAnswer(bytes: Buffer): AnswerFrame {
  const lines = plainText(bytes, MAX_TEXT_BYTES).split('\n')
  return [
    FromChild.answer,
    lines[0] as string,
    Number(lines[1]),
    readHeaders(lines),
    plainBody(bytes),
    lines[2] === '1',
    readTime(lines[3]),
    readTime(lines[4])
  ]
}

function timeText(ms: number): string {
  const time = Math.min(Math.round(ms * 1000), MAX_TIME)
  return String.fromCharCode(
    ZERO + (time & 63),
    ZERO + ((time >> 6) & 63),
    ZERO + ((time >> 12) & 63),
    ZERO + ((time >> 18) & 63),
    ZERO + ((time >> 24) & 63)
  )
}

/** Milliseconds; any number, or NaN, of other characters. */
function readTime(text = ''): number {
  let time = 0
  for (let i = text.length - 1; i >= 0; i--) time = time * 64 + text.charCodeAt(i) - ZERO
  return time / 1000
}

function readHeaders(lines: readonly string[]): Array<string | string[]> {
  const headers: Array<string | string[]> = []
  for (let at = FIRST_HEADER; at < lines.length; at += 2) {
    const value = lines[at + 1]
    headers.push(lines[at] as string)
    // No value, here or below: an odd list, which is refused.
    if (value === undefined) break
    if (!value.startsWith(LIST)) headers.push(value)
    else {
      const count = Number(value.slice(1))
      if (!Number.isInteger(count) || count < 1 || at + 2 + count > lines.length) break
      headers.push(lines.slice(at + 2, at + 2 + count))
      at += count
    }
  }
  return headers
}
