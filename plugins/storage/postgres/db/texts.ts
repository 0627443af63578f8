/**
 * Texts as PostgreSQL takes them: it has no U+0000, and UTF-8 has no lone surrogates. A U+0000 becomes a noncharacter
 * (which nobody writes) with a 0, and that noncharacter itself gets an x: both are read back as they were. A lone
 * surrogate becomes U+FFFD, as it does in SQLite.
 */
const MARK = '\uFDD0'
const special = /[\0\uFDD0]/g
const marked = /\uFDD0[0x]/g

export function toStoredText(text: string): string {
  const wellFormed = text.toWellFormed()
  if (!wellFormed.includes('\0') && !wellFormed.includes(MARK)) return wellFormed
  return wellFormed.replace(special, unit => (unit === '\0' ? `${MARK}0` : `${MARK}x`))
}

export function fromStoredText(text: string): string {
  if (!text.includes(MARK)) return text
  return text.replace(marked, mark => (mark.endsWith('0') ? '\0' : MARK))
}
