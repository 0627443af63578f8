/**
 * Texts that PostgreSQL refuses, in a form that it takes and that is read back as it was: it has no U+0000, and UTF-8
 * has no lone surrogates. Each becomes a noncharacter (which nobody writes) and what it stands for; that
 * noncharacter itself becomes two.
 */
const MARK = '\uFDD0'
const special = /[\0\uFDD0]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g
const marked = /\uFDD0(?:0|x|u([0-9a-f]{4}))/g

export function toStoredText(text: string): string {
  if (!text.includes('\0') && text.isWellFormed() && !text.includes(MARK)) return text
  return text.replace(special, unit =>
    unit === '\0' ? `${MARK}0` : unit === MARK ? `${MARK}x` : `${MARK}u${hexOf(unit)}`
  )
}

export function fromStoredText(text: string): string {
  if (!text.includes(MARK)) return text
  return text.replace(marked, (mark: string, hex: string | undefined) =>
    hex !== undefined
      ? String.fromCharCode(Number.parseInt(hex, 16))
      : mark.endsWith('0')
        ? '\0'
        : MARK
  )
}

const hexOf = (unit: string): string => unit.charCodeAt(0).toString(16).padStart(4, '0')
