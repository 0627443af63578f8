/** Environment variables as rows that are typed in, and back. */
import { byteLength, isTooLong, limits } from '../../api/limits.js'
import { format } from '../../format/values.js'
import { t } from '../../i18n/locale.js'

export interface Row {
  key: number
  name: string
  value: string
  shown: boolean
  /** The code reads it and nobody has set it yet; without a value the row is not saved. */
  suggested: boolean
  /** A text area knows but one kind of line end; what was saved with the other gets it back. */
  crlf: boolean
}

let lastKey = 0

export function toRow(name: string, value: string, more: Partial<Row> = {}): Row {
  const crlf = /\r\n/.test(value) && !/(^|[^\r])\n|\r(?!\n)/.test(value)
  return {
    key: ++lastKey,
    name,
    value: crlf ? value.replaceAll('\r\n', '\n') : value,
    shown: false,
    suggested: false,
    crlf,
    ...more
  }
}

const isUsed = ({ name, value, suggested }: Row): boolean =>
  value !== '' || (name.trim() !== '' && !suggested)

export const toRecord = (rows: readonly Row[]): Record<string, string> =>
  Object.fromEntries(
    rows
      .filter(isUsed)
      .map(({ name, value, crlf }) => [name.trim(), crlf ? value.replaceAll('\n', '\r\n') : value])
  )

/** What the server would refuse, with the row it is about. Only the first is said. */
export function findProblem(rows: readonly Row[]): { text: string; row: Row } | undefined {
  const used = rows.filter(isUsed)
  const seen = new Set<string>()
  for (const row of used) {
    const name = row.name.trim()
    const text = problemOf(name, row.value, seen.has(name))
    if (text !== '') return { text, row }
    seen.add(name)
  }
  return undefined
}

function problemOf(name: string, value: string, isSecond: boolean): string {
  if (name === '') return t('variables.noName')
  if (!/^[A-Za-z0-9_]+$/.test(name)) return t('variables.badName', { name })
  if (isTooLong(name, limits.variableName)) {
    return t('variables.longName', { name: name.slice(0, 40), limit: limits.variableName })
  }
  if (isSecond) return t('variables.twice', { name })
  if (value.trim() === '') return t('variables.noValue', { name })
  if (isTooLong(value, limits.variable)) {
    return t('variables.tooLong', {
      name,
      size: format.number(byteLength(value)),
      limit: format.number(limits.variable)
    })
  }
  return ''
}
