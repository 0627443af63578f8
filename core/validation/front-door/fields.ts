/** What the fields of a front door have in common: JSON objects whose fields are all known, or `{}` to clear them. */
import { isHttpToken } from '../../base/http-token.js'
import { refuse } from '../text.js'

export type Fields = Readonly<Record<string, unknown>>

/** The object's fields without those that are null. Refuses anything else, and fields that are not `known`. */
export function readFields(field: string, value: unknown, known: readonly string[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse(field, `${field} must be an object with the fields ${known.join(', ')}; {} clears it`)
  }
  const given = Object.entries(value).filter(([, part]) => part !== null)
  for (const [name] of given) {
    if (!known.includes(name)) {
      refuse(field, `unknown field ${JSON.stringify(name)}; the fields are ${known.join(', ')}`)
    }
  }
  return Object.fromEntries(given)
}

/** Whether the value is `{}`, which clears a field. */
export const isEmptyObject = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every(part => part === null)

/** One of the texts of a list. */
export function readOneOf<T extends string>(
  field: string,
  name: string,
  value: unknown,
  allowed: readonly T[]
): T {
  return (
    allowed.find(one => one === value) ??
    refuse(field, `${name} must be one of: [${allowed.join(' ')}]`)
  )
}

/** A list of texts, none of them twice. */
export function readTexts(
  field: string,
  name: string,
  value: unknown,
  { max, isValid, what }: { max: number; isValid: (text: string) => boolean; what: string }
): string[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > max) {
    refuse(field, `${name} must be a list of 1 to ${max} texts`)
  }
  const texts = value.map((text: unknown) =>
    typeof text === 'string' && isValid(text)
      ? text
      : refuse(field, `${name} must contain only ${what}`)
  )
  if (new Set(texts).size < texts.length) refuse(field, `${name} names one of them twice`)
  return texts
}

/** A whole number between bounds. */
export function readWhole(
  field: string,
  name: string,
  value: unknown,
  { min, max, setting }: { min: number; max: number; setting?: string | undefined }
): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min) {
    refuse(field, `${name} must be a whole number of at least ${min}`)
  }
  if (value > max) {
    const why = setting === undefined ? '' : ` (setting ${setting})`
    refuse(field, `${name} cannot be more than ${max}${why}`)
  }
  return value
}

/** A name of a header, of a length that people give them. */
export const isHeaderName = (text: string): boolean => text.length <= 100 && isHttpToken(text)
