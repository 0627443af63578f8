/**
 * Conditional changes (RFC 9110, section 13): what is read carries a strong `ETag`, and a change that brings it back
 * in `If-Match` is refused with 412 when something else is there by now. A change without a condition is always made.
 */
import { Type, type TSchema } from 'typebox'
import { MoonletError } from '../base/errors.js'
import { ErrorResponse } from './response-schemas.js'

/** The request header, for the schema of a route. */
export const IfMatch = Type.Object({
  'if-match': Type.Optional(
    Type.String({
      description:
        'Only when the present state has one of these tags (`*`: any), else 412 with what is ' +
        'there now. Weak tags never match.'
    })
  )
})

/** The same for entries that may not be there yet. */
export const EntryConditions = Type.Object({
  ...IfMatch.properties,
  'if-none-match': Type.Optional(
    Type.String({
      description:
        '`*`: only when there is no such entry yet, else 412 with it. Nothing else is taken.'
    })
  )
})

/** The header of responses, for the schema of a route. */
export const etagHeader = {
  headers: {
    ETag: {
      type: 'string',
      description: 'Strong; every change gives another. To be sent back in `If-Match`.'
    }
  }
} as const

export const toEntityTag = (revision: string): string => `"${revision}"`

/** The schema of a 412, with the present state as `current`. */
export const staleResponse = <T extends TSchema>(title: string, current: T, example: unknown) =>
  Type.Object(
    {
      ...ErrorResponse.properties,
      current
    },
    {
      title,
      'x-response-description':
        'It is not in the state that If-Match names. `current` is what is there now; its tag is in `ETag`.',
      ...etagHeader,
      examples: [
        { error: 'It has been changed since; look at what is there now', current: example }
      ]
    }
  )

const tag = /^[\t ]*(?:(W\/)?"([\x21\x23-\x7e\x80-\xff]*)")?[\t ]*(?:,|$)/

/**
 * Whether a state fits an `If-Match`; undefined when there is none, and every state fits. Throws VALIDATION when it
 * is neither `*` nor a list of entity tags.
 */
export function readIfMatch(
  header: string | undefined
): ((revision: string) => boolean) | undefined {
  if (header === undefined) return undefined
  if (header.trim() === '*') return () => true
  const tags = new Set<string>()
  let count = 0
  for (let rest = header; rest !== '';) {
    const [whole, weak, opaque] = tag.exec(rest) ?? []
    if (whole === undefined) throw malformed('If-Match')
    if (opaque !== undefined) count++
    if (opaque !== undefined && weak === undefined) tags.add(opaque)
    rest = rest.slice(whole.length)
  }
  if (count === 0) throw malformed('If-Match')
  return revision => tags.has(revision)
}

/** Whether the change is only to make what is not there yet. Throws VALIDATION for anything but `*`. */
export function readIfNoneMatch(header: string | undefined): boolean {
  if (header === undefined) return false
  if (header.trim() !== '*') {
    throw new MoonletError('VALIDATION', 'If-None-Match: If-None-Match must be * on a change')
  }
  return true
}

const malformed = (name: string) =>
  new MoonletError('VALIDATION', `${name}: ${name} must be * or a list of entity tags such as "x"`)

/** What a change gives; when it was refused for its condition, the error carries what is there now. */
export async function tellCurrent<T>(
  change: Promise<T>,
  read: () => Promise<{ current: unknown; revision: string | undefined }>
): Promise<T> {
  try {
    return await change
  } catch (error) {
    if (!(error instanceof MoonletError) || error.code !== 'PRECONDITION_FAILED') throw error
    const { current, revision } = await read()
    throw new MoonletError('PRECONDITION_FAILED', error.message, {
      cause: error,
      details: { current },
      headers: revision === undefined ? {} : { etag: toEntityTag(revision) }
    })
  }
}
