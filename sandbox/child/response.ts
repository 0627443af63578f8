/** The table a handler returned, as the answer frame; read raw, with the rules of CONTRACT section 6. */
import { fromBytes, toText } from '../../core/base/binary.js'
import { badHeader } from '../protocol/header-rules.js'
import type { AnswerFields, ChildFaultKind } from '../protocol/frames.js'
import type { LuaFunction, LuaTable, LuaValue } from '../lua/api.js'
import { numberToString } from '../../core/base/number-text.js'

/** An answer that cannot be sent; `message` is for the author of the function. */
export class AnswerFault extends Error {
  constructor(
    readonly kind: ChildFaultKind,
    message: string
  ) {
    super(message)
  }
}

/** Throws an AnswerFault for what no HTTP answer can be made of, and for a body beyond `maxBody` bytes. */
export function readAnswer(id: string, table: LuaTable, maxBody: number): AnswerFields {
  const isBase64Encoded = table.get('isBase64Encoded') === true
  const body = readBody(table.get('body'), isBase64Encoded)
  if (body.length > maxBody) {
    throw new AnswerFault(
      'limit',
      `the body of the answer has ${body.length} bytes (RESPONSE_LIMIT is ${maxBody})`
    )
  }
  return {
    id,
    statusCode: readStatus(table.get('statusCode')),
    headers: readHeaders(table.get('headers')),
    body,
    isBase64Encoded
  }
}

/** The function that writes the body, where the handler gave one. */
export function bodyFunction(table: LuaTable): LuaFunction | undefined {
  const body = table.get('body')
  return typeof body === 'object' && body.type === 'function' ? body : undefined
}

/** Status and headers of an answer whose body is a function. Throws an AnswerFault as `readAnswer` does. */
export function readHead(table: LuaTable): Pick<AnswerFields, 'statusCode' | 'headers'> {
  if (table.get('isBase64Encoded') === true) {
    throw new AnswerFault(
      'bad-answer',
      'isBase64Encoded is true, but the body is a function, which writes bytes as they are'
    )
  }
  return {
    statusCode: readStatus(table.get('statusCode')),
    headers: readHeaders(table.get('headers'))
  }
}

function readStatus(value: LuaValue): number {
  const number = typeof value === 'string' ? toNumber(value) : value
  if (typeof number !== 'number') return 200
  const status = Math.trunc(number)
  if (status === 0) return 200
  if (!(status >= 100 && status <= 999)) {
    throw new AnswerFault(
      'bad-answer',
      `statusCode is ${numberToString(number)}; it must be from 100 to 999`
    )
  }
  return status
}

/** A numeric text as Lua's `tonumber` takes it; undefined for any other. */
function toNumber(text: string): number | undefined {
  const trimmed = text.trim()
  return /^[-+]?(?:0[xX][\da-fA-F]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)$/.test(trimmed)
    ? signed(trimmed)
    : undefined
}

const signed = (text: string): number =>
  text.startsWith('-') ? -Number(text.slice(1)) : Number(text.replace(/^\+/, ''))

function readBody(value: LuaValue, isBase64Encoded: boolean): string {
  const text = asText(value)
  if (!isBase64Encoded) return text
  const compact = text.replace(/[\r\n]/g, '')
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) {
    throw new AnswerFault('bad-answer', 'isBase64Encoded is true, but the body is not base64')
  }
  return fromBytes(Buffer.from(compact, 'base64'))
}

const asText = (value: LuaValue): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? numberToString(value) : ''

function readHeaders(table: LuaValue): Array<string | string[]> {
  const headers: Array<string | string[]> = []
  if (typeof table !== 'object' || table.type !== 'table') return headers
  for (const [name, value] of table.entries()) {
    if (typeof name !== 'string') continue
    const values = isTable(value) ? readList(value) : [asText(value)]
    for (const text of values) {
      const reason = badHeader(name, text)
      if (reason !== undefined) {
        throw new AnswerFault('bad-answer', `header "${toText(name)}" of the answer ${reason}`)
      }
    }
    const [first] = values
    if (first !== undefined) headers.push(name, isTable(value) ? values : first)
  }
  return headers
}

const isTable = (value: LuaValue): value is LuaTable =>
  typeof value === 'object' && value.type === 'table'

function readList(list: LuaTable): string[] {
  const values: string[] = []
  for (let i = 1; i <= list.length(); i++) values.push(asText(list.get(i)))
  return values
}
