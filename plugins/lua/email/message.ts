/** Reads the options of `email.send`, in the order in which their mistakes are reported. */
import { LuaFailure } from '../../../core/lua/errors.js'
import { looseField, looseList, looseText } from '../../../core/lua/loose.js'

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
  readonly tags?: ReadonlyArray<{ readonly name: string, readonly value: string }>
  readonly scheduled_at?: string
}

type Options = Readonly<Record<string, unknown>>

/** Throws a LuaFailure that names the field. Such calls are not recorded. */
export function readMessage (options: Options): EmailMessage {
  const to = readTo(options.to)
  const from = looseText(options.from) ?? ''
  if (from === '') throw new LuaFailure('from is required')
  const subject = looseText(options.subject) ?? ''
  if (subject === '') throw new LuaFailure('subject is required')
  const text = looseText(options.text)
  const html = looseText(options.html)
  if (!text && !html) throw new LuaFailure('either text or html content is required')
  return { from, to, subject, ...given({ text, html, ...readRest(options) }) }
}

function readTo (value: unknown): string[] {
  const text = looseText(value)
  if (value === undefined || value === null || text === '') throw new LuaFailure('to is required')
  if (text !== undefined) return [text]
  const list = looseList(value)
  if (list === undefined || list.some(item => looseText(item) === undefined)) throw new LuaFailure('to must be a string or table of strings')
  const addresses = texts(list)
  if (addresses.length === 0) throw new LuaFailure('to cannot be empty')
  return addresses
}

function readRest (options: Options) {
  return {
    cc: oneOrMany(options.cc),
    bcc: oneOrMany(options.bcc),
    reply_to: looseText(options.reply_to) ?? oneOrMany(options.reply_to),
    headers: readHeaders(options.headers),
    tags: readTags(options.tags),
    scheduled_at: readTime(options.scheduled_at)
  }
}

function oneOrMany (value: unknown): string[] | undefined {
  const text = looseText(value)
  return texts(text === undefined ? looseList(value) ?? [] : [text])
}

const texts = (list: readonly unknown[]): string[] => list.map(looseText).filter(text => text !== undefined && text !== '') as string[]

function readHeaders (value: unknown): Record<string, string> | undefined {
  if (looseList(value) === undefined || Array.isArray(value)) return undefined
  const entries = value instanceof Map ? [...value.entries()] : Object.entries(value as object)
  return Object.fromEntries(entries.map(([name, text]) => [String(name), looseText(text) ?? '']))
}

function readTags (value: unknown): Array<{ name: string, value: string }> | undefined {
  return looseList(value)?.map(tag => ({
    name: looseText(looseField(tag, 'name')) ?? '',
    value: looseText(looseField(tag, 'value')) ?? ''
  })).filter(({ name }) => name !== '')
}

/** Seconds become `YYYY-MM-DDTHH:MM:SSZ`; a text is passed on. */
function readTime (value: unknown): string | undefined {
  if (typeof value !== 'number') return looseText(value)
  const time = new Date(Math.trunc(value) * 1000)
  if (Number.isNaN(time.getTime())) throw new LuaFailure('scheduled_at is not a time: give Unix seconds')
  return time.toISOString().replace(/\.\d+Z$/, 'Z')
}

/** The same without what is absent or empty. */
function given<T extends object> (fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== '' &&
    (typeof value !== 'object' || Object.keys(value).length > 0))) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
