/** Collects what an import took over and what it left out. */
import type {
  ImportedTable,
  ImportReport,
  TableReport
} from '../../../core/contracts/offline-storage.js'

const PROBLEMS_KEPT = 100

export interface Report extends ImportReport {
  readonly tables: Readonly<Record<ImportedTable, TableReport>>
  note(text: string): void
  refuse(table: ImportedTable, row: unknown, error: unknown): void
}

export function createReport(tables: readonly ImportedTable[]): Report {
  const counts = Object.fromEntries(
    tables.map(table => [table, { taken: 0, present: 0, refused: 0 }])
  ) as Record<ImportedTable, TableReport>
  const problems: Array<ImportReport['problems'][number]> = []
  const notes: string[] = []
  return {
    tables: counts,
    problems,
    notes,
    note(text) {
      notes.push(text)
    },
    refuse(table, row, error) {
      counts[table].refused++
      if (problems.length < PROBLEMS_KEPT) {
        problems.push({
          table,
          row: toRowName(row),
          reason: shorten(error instanceof Error ? error.message : String(error))
        })
      }
    }
  }
}

function toRowName(row: unknown): string {
  if (row instanceof Uint8Array) return shorten(Buffer.from(row.subarray(0, 1000)).toString())
  return typeof row === 'string' || typeof row === 'number' ? shorten(String(row)) : '?'
}

/** Keeps the report readable for any content of the file. */
const shorten = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text)
