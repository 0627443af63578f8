/**
 * The frame that starts a run: a plain one (plain.ts). Its text has a line for each thing; where one of them has line
 * breaks itself, the text is JSON. The child believes what the server sends.
 */
import { ProtocolFault, ToChild, type RunFields, type RunFrame } from './frames.js'
import { latin1, plainHead, plainSize, readLength, TEXT_AT, writePlain } from './plain.js'

/** Lines before the names of the headers. */
const FIRST_NAME = 14
const LINE_BREAK = 10
const NO_BODY = Buffer.alloc(0)

/**
 * With its length in front. Where a character is not a byte (in an event that a plugin made up), its low byte is sent.
 */
export function encodeRun([, fields, body]: RunFrame): Buffer {
  const text = toFrameText(fields)
  const bytes = Buffer.allocUnsafe(plainSize(text, body))
  writePlain(bytes, text, body)
  return bytes
}

/** The frame without its body, which follows on its own: a large one is not copied. */
export const encodeRunHead = ([, fields, body]: RunFrame): Buffer =>
  plainHead(toFrameText(fields), body.length)

function toFrameText(fields: RunFields): string {
  const lines = hasBreaks(fields) ? undefined : toLines(fields)
  return lines !== undefined && isBinary(lines) ? lines : JSON.stringify(fields.map(toBytes))
}

export type ReceivedRunFrame = readonly [kind: 2, run: ReceivedRun, body: Uint8Array]

/**
 * A run as it came. Only what every run needs is read at once: most functions look at little of the rest, and to read
 * it touches memory, which a process that was idle has to wait for.
 */
export class ReceivedRun {
  readonly id: string
  /** Bytes that it may hold in Lua; 0: as many as the limits of the process say. */
  readonly memory: number
  /** It is an attempt of a job. */
  readonly isJob: boolean
  private read: RunFields | undefined

  constructor(private readonly text: string) {
    if (text.startsWith('[')) {
      const read = JSON.parse(text) as RunFields
      this.id = read[0]
      this.memory = read[10]
      this.isJob = read[11] !== ''
      this.read = read
    } else {
      const idAt = text.indexOf('\n') + 1
      const attemptAt = text.indexOf('\n', idAt) + 1
      this.memory = Number(text.slice(0, idAt - 1))
      this.id = text.slice(idAt, attemptAt - 1)
      this.isJob = text.charCodeAt(attemptAt) !== LINE_BREAK
      this.read = undefined
    }
  }

  /** All of it; the same lists each time. */
  get fields(): RunFields {
    return (this.read ??= fromLines(this.text.split('\n')))
  }
}

/** The frame, without its length in front, stands in the bytes from `at` to `end`; the body is a view. */
export function decodeRun(bytes: Buffer, at = 0, end = bytes.length): ReceivedRunFrame {
  const bodyAt = at + TEXT_AT + readLength(bytes, at + 1)
  if (bodyAt > end) throw new ProtocolFault('a frame whose text is longer than it may be')
  const text = latin1(bytes, at + TEXT_AT, bodyAt)
  return [
    ToChild.run,
    new ReceivedRun(text),
    bodyAt === end ? NO_BODY : bytes.subarray(bodyAt, end)
  ]
}

const isBroken = (text: string): boolean => typeof text !== 'string' || text.includes('\n')

/** V8 knows without a look that a text of bytes has no such character. */
const isBinary = (text: string): boolean => !/[^\0-\xff]/.test(text)

function toBytes(field: unknown): unknown {
  if (Array.isArray(field)) return field.map(toBytes)
  return typeof field === 'number' ? field : Buffer.from(String(field), 'latin1').toString('latin1')
}

/** A line break in one of the texts would be taken for the end of its line. By index: see plain.ts. */
function hasBreaks(fields: RunFields): boolean {
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i] as RunFields[number]
    if (typeof field === 'number') continue
    if (typeof field === 'string' ? field.includes('\n') : field.some(isBroken)) return true
  }
  return false
}

function toLines([
  id,
  startedAt,
  requestId,
  functionName,
  method,
  path,
  relativePath,
  trigger,
  callerKind,
  callerName,
  memory,
  attempt,
  headerNames,
  headerValues,
  queryNames,
  queryValues,
  details
]: RunFields): string {
  let text = `${memory}\n${id}\n${attempt}\n${startedAt}\n${requestId}\n${functionName}\n${method}`
  text += `\n${path}\n${relativePath}\n${headerNames.length}\n${queryNames.length}`
  text += `\n${trigger}\n${callerKind}\n${callerName}`
  for (const name of headerNames) text += `\n${name}`
  for (const value of headerValues) text += `\n${value}`
  for (const name of queryNames) text += `\n${name}`
  for (const value of queryValues) text += `\n${value}`
  for (const detail of details) text += `\n${detail}`
  return text
}

function fromLines(lines: string[]): RunFields {
  const line = lines as unknown as readonly [
    memory: string,
    id: string,
    attempt: string,
    startedAt: string,
    requestId: string,
    functionName: string,
    method: string,
    path: string,
    relativePath: string,
    headers: string,
    queries: string,
    trigger: string,
    callerKind: string,
    callerName: string
  ]
  const values = FIRST_NAME + Number(line[9])
  const names = values + Number(line[9])
  const queryValues = names + Number(line[10])
  const details = queryValues + Number(line[10])
  return [
    line[1],
    Number(line[3]),
    line[4],
    line[5],
    line[6],
    line[7],
    line[8],
    line[11],
    line[12],
    line[13],
    Number(line[0]),
    line[2],
    lines.slice(FIRST_NAME, values),
    lines.slice(values, names),
    lines.slice(names, queryValues),
    lines.slice(queryValues, details),
    lines.slice(details)
  ]
}
