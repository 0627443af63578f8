/** How things of the API look in a terminal. */
import type { Terminal } from '../terminal.js'

export interface LogEntry {
  readonly level: string
  readonly message: string
  readonly created_at: number
}

export const toTime = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')

export const logLine = ({ level, message, created_at: at }: LogEntry): string =>
  `${toTime(at)} ${level.padEnd(5)} ${message}`

/** Columns as wide as their widest entry; the last one as it is. */
export function sayTable(
  terminal: Terminal,
  head: readonly string[],
  rows: ReadonlyArray<readonly string[]>
): void {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map(row => (row[column] ?? '').length))
  )
  const line = (row: readonly string[]) =>
    row
      .map((text, column) => (column === head.length - 1 ? text : text.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd()
  terminal.say(line(head), 'faint')
  for (const row of rows) terminal.say(line(row))
}
