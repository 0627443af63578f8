/** Functions of SQL that compare texts in any case. */
import type { Database } from 'better-sqlite3'
import { errorMessageOf } from '../../../core/lua-advice/error-text.js'

/** Texts are compared in this form, in which upper and lower case are the same. */
export const foldCase = (text: string): string => text.toLowerCase()

export function defineTextFunctions(db: Database): void {
  const containsText = (text: unknown, part: unknown): number =>
    typeof text === 'string' && foldCase(text).includes(String(part)) ? 1 : 0
  db.function('contains_text', { deterministic: true }, containsText)
  db.function('error_contains_text', { deterministic: true }, (text, part) =>
    typeof text === 'string' ? containsText(errorMessageOf(text), part) : 0
  )
}
