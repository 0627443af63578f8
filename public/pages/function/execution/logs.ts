/** All log lines of an execution: fetched whole, searched, taken along as a file. */
import { getLogs } from '../../../api/executions.js'
import type { LogEntry } from '../../../api/types.js'

/** The most that the server gives at once. */
export const LOG_PAGE_SIZE = 100
/** Pages asked for at the same time. */
const AT_ONCE = 4

/** What comes behind the first `from` lines, in order. */
export async function fetchLogs(id: string, from: number, total: number): Promise<LogEntry[]> {
  const entries: LogEntry[] = []
  for (let offset = from; offset < total; offset += LOG_PAGE_SIZE * AT_ONCE) {
    const offsets = Array.from({ length: AT_ONCE }, (_, n) => offset + n * LOG_PAGE_SIZE).filter(
      start => start < total
    )
    const pages = await Promise.all(
      offsets.map(start => getLogs(id, { limit: LOG_PAGE_SIZE, offset: start }))
    )
    entries.push(...pages.flatMap(({ logs }) => logs ?? []))
  }
  return entries
}

export function findLogs(entries: readonly LogEntry[], level: string, text: string): LogEntry[] {
  const wanted = text.toLowerCase()
  return entries.filter(
    entry =>
      (level === 'all' || entry.level === level) && entry.message.toLowerCase().includes(wanted)
  )
}

const toLine = ({ created_at: seconds, level, message }: LogEntry): string =>
  `${new Date(seconds * 1000).toISOString()} ${level} ${message}\n`

/** Has the browser save them as a text file. */
export function downloadLogs(id: string, entries: readonly LogEntry[]): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(
    new Blob(entries.map(toLine), { type: 'text/plain;charset=utf-8' })
  )
  link.download = `${id}.log`
  link.click()
  URL.revokeObjectURL(link.href)
}
