/** Names of JSON fields: their quoted form, whether they are secret, and their order. */
import { quote } from './quote.js'
import { isSecretField as isSecret } from './secret-names.js'

export interface FieldName {
  readonly name: string
  /** `"name":` */
  readonly start: string
  readonly secret: boolean
  /** Sorts alike by UTF-16 units, as JavaScript compares, and by UTF-8 bytes. */
  readonly basic: boolean
}

/** The two orders differ only where surrogates meet U+E000 to U+FFFF. */
const beyondBasic = /[\ud800-\uffff]/

// Names met before, bounded because callers choose them.
const known = new Map<string, FieldName>()
const CACHED_NAMES = 2000

export function toFieldName(name: string): FieldName {
  const cached = known.get(name)
  if (cached !== undefined) return cached
  const field = {
    name,
    start: `${quote(name)}:`,
    secret: isSecret(name),
    basic: !beyondBasic.test(name)
  }
  if (name.length <= 100) {
    if (known.size >= CACHED_NAMES) known.clear()
    known.set(name, field)
  }
  return field
}

/** Whether the value of a JSON field of this name is masked. */
export const isSecretField = (name: string): boolean => toFieldName(name).secret

/** Sorts in place by UTF-8 bytes. */
export function sortFields(fields: FieldName[]): FieldName[] {
  let sorted = true
  let basic = true
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i]
    const previous = fields[i - 1]
    if (field === undefined) continue
    basic &&= field.basic
    sorted &&= previous === undefined || previous.name <= field.name
  }
  if (!basic) return fields.sort((a, b) => compareCharacters(a.name, b.name))
  return sorted ? fields : fields.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** As their UTF-8 bytes compare, without making these: a surrogate is above all that is none. */
function compareCharacters(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return rank(x) - rank(y)
  }
  return a.length - b.length
}

const rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit)
