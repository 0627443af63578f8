/** Reads the options of `email.send`, in the order in which their mistakes are reported. */
import { LuaFailure } from '../../../core/lua/errors.js'
import { isAbsent, isText, looseField, looseList, looseText } from '../../../core/lua/loose.js'

/** The message as the provider takes it; what was not given is absent. */
export interface EmailMessage {
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  readonly text?: string
  readonly html?: string
  readonly cc?: readonly string[]
  readonly bcc?: readonly string[]
  readonly reply_to?: string | readonly string[]
  readonly headers?: Readonly<Record<string, string>>
  readonly tags?: ReadonlyArray<{ readonly name: string; readonly value: string }>
  readonly scheduled_at?: string
}

type Options = Readonly<Record<string, unknown>>

const MANY = 'a string or table of strings'

const wrong = (name: string, wanted: string): LuaFailure =>
  new LuaFailure(`${name} must be ${wanted}`)

/** Throws a LuaFailure that names the field. Such calls are not recorded. */
export function readMessage(options: Options): EmailMessage {
  const to = readTo(options.to)
  const from = readFrom(options.from)
  const subject = readText('subject', options.subject) ?? ''
  if (subject === '') throw new LuaFailure('subject is required')
  const text = readText('text', options.text)
  const html = readText('html', options.html)
  if (!text && !html) throw new LuaFailure('either text or html content is required')
  return { from, to, subject, ...given({ text, html, ...readRest(options) }) }
}

function readTo(value: unknown): string[] {
  if (isAbsent(value) || value === '') throw new LuaFailure('to is required')
  const addresses = readAddresses('to', value)
  if (addresses.length === 0) throw new LuaFailure('to cannot be empty')
  return addresses
}

function readFrom(value: unknown): string {
  if (isAbsent(value) || value === '') throw new LuaFailure('from is required')
  if (!isText(value)) throw wrong('from', 'a string')
  return looseText(value) ?? ''
}

/** Numbers are text here, as everywhere in Lua. */
function readText(name: string, value: unknown): string | undefined {
  if (isAbsent(value)) return undefined
  const text = looseText(value)
  if (text === undefined) throw wrong(name, 'a string')
  return text
}

function readRest(options: Options) {
  return {
    cc: readAddresses('cc', options.cc),
    bcc: readAddresses('bcc', options.bcc),
    reply_to: isText(options.reply_to)
      ? looseText(options.reply_to)
      : readAddresses('reply_to', options.reply_to),
    headers: readHeaders(options.headers),
    tags: readTags(options.tags),
    scheduled_at: readTime(options.scheduled_at)
  }
}

/** One or several; empty ones do not count. A number is not an address. */
function readAddresses(name: string, value: unknown): string[] {
  if (isAbsent(value)) return []
  const list = isText(value) ? [value] : looseList(value)
  if (list === undefined || !list.every(isText)) throw wrong(name, MANY)
  return list.map(address => looseText(address) ?? '').filter(address => address !== '')
}

function readHeaders(value: unknown): Record<string, string> | undefined {
  if (isAbsent(value)) return undefined
  const isList = Array.isArray(value) && value.length > 0
  if (looseList(value) === undefined || isList) {
    throw wrong('headers', 'a table of names and values')
  }
  const entries = value instanceof Map ? [...value.entries()] : Object.entries(value as object)
  return Object.fromEntries(
    entries.map(([name, text]) => [
      String(name),
      readText(`the header ${String(name)}`, text) ?? ''
    ])
  )
}

function readTags(value: unknown): Array<{ name: string; value: string }> | undefined {
  if (isAbsent(value)) return undefined
  const tags = looseList(value)
  if (tags === undefined) throw wrong('tags', 'a table of tables')
  return tags
    .map(tag => ({
      name: looseText(looseField(tag, 'name')) ?? '',
      value: looseText(looseField(tag, 'value')) ?? ''
    }))
    .filter(({ name }) => name !== '')
}

/** Seconds become `YYYY-MM-DDTHH:MM:SSZ`; a text is passed on. */
function readTime(value: unknown): string | undefined {
  if (isAbsent(value)) return undefined
  if (isText(value)) return looseText(value)
  if (typeof value !== 'number') throw wrong('scheduled_at', 'Unix seconds or a string')
  const time = new Date(Math.trunc(value) * 1000)
  if (Number.isNaN(time.getTime())) {
    throw new LuaFailure('scheduled_at is not a time: give Unix seconds')
  }
  return time.toISOString().replace(/\.\d+Z$/, 'Z')
}

/** The same without what is absent or empty. */
function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) =>
        value !== undefined &&
        value !== '' &&
        (typeof value !== 'object' || Object.keys(value).length > 0)
    )
  ) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
