/** Executions with their logs and requests, in transactions of some hundred. */
import type { Database } from 'better-sqlite3'
import type { ImportedTable } from '../../../core/contracts/offline-storage.js'
import { toStatusNumber } from '../executions/rows.js'
import { prepareExecutionStatements } from '../executions/statements.js'
import { skewOf } from '../executions/id-skew.js'
import { prepareRequestStatements } from '../executions/request-rows.js'
import { followGroups } from './groups.js'
import { toAiRequest, toEmailRequest, toExecution, toLogEntry } from './reference-rows.js'
import type { ReferenceSource, Row } from './reference-source.js'
import type { Report } from './report.js'

const BATCH = 500

interface Parts {
  readonly db: Database
  readonly source: ReferenceSource
  readonly versionNumbers: ReadonlyMap<string, number>
  readonly report: Report
}

/** An execution that is there already is left as it is, with its logs and requests. */
export function importHistory(
  { db, source, versionNumbers, report }: Parts,
  onExecution: () => void
): void {
  const known = db.prepare<[string]>('select 1 from executions where id = ?')
  const findFunction = db
    .prepare<[string], number>('select seq from functions where id = ?')
    .pluck()
  const count = db.prepare(`
    insert into execution_counts (function, version, trigger, status, total) values (?, ?, ?, ?, 1)
    on conflict do update set total = total + 1`)
  const widen = db.prepare<{ skew: number; owner: number }>(
    'update functions set id_skew = :skew where seq = :owner and id_skew < :skew'
  )
  // What is imported is counted when the database is opened next.
  const statements = prepareExecutionStatements(db, () => {})
  const requests = prepareRequestStatements(db, () => {})

  const follow = (table: ImportedTable) =>
    followGroups(source.rows(table, 'execution_id'), 'execution_id', row => {
      report.refuse(
        table,
        row.id,
        new Error(`it belongs to no execution (execution_id ${JSON.stringify(row.execution_id)})`)
      )
    })
  const parts = [
    {
      table: 'logs',
      of: follow('logs'),
      take: (key: number, row: Row, n: number) => {
        statements.insertLogs(key, n, [toLogEntry(row)])
      }
    },
    {
      table: 'ai_requests',
      of: follow('ai_requests'),
      take: (key: number, row: Row) => {
        requests.insertAi(key, toAiRequest(row))
      }
    },
    {
      table: 'email_requests',
      of: follow('email_requests'),
      take: (key: number, row: Row) => {
        requests.insertEmail(key, toEmailRequest(row))
      }
    }
  ] as const

  /** Gives the new row's key; undefined when the execution is there already. */
  function importExecution(row: Row): number | undefined {
    const { execution, version } = toExecution(row, versionNumbers)
    if (known.get(execution.id) !== undefined) return undefined
    const owner = findFunction.get(execution.functionId)
    if (owner === undefined) {
      throw new Error(
        `it belongs to no function (function_id ${JSON.stringify(execution.functionId)})`
      )
    }
    const key = statements.insertFinished(owner, version, execution)
    count.run(owner, version, execution.trigger, toStatusNumber(execution.status))
    widen.run({ skew: skewOf(execution.id, execution.createdAt), owner })
    return key
  }

  function importOne(row: Row): void {
    const groups = parts.map(part => part.of(String(row.id)))
    const skip = (how: 'present' | 'refused') => {
      parts.forEach((part, i) => {
        report.tables[part.table][how] += groups[i]?.length ?? 0
      })
    }
    try {
      const key = importExecution(row)
      report.tables.executions[key === undefined ? 'present' : 'taken']++
      if (key === undefined) skip('present')
      else {
        parts.forEach((part, i) => {
          takeAll(part, key, groups[i] ?? [])
        })
      }
    } catch (error) {
      report.refuse('executions', row.id, error)
      skip('refused')
    }
    onExecution()
  }

  function takeAll(
    { table, take }: (typeof parts)[number],
    key: number,
    rows: readonly Row[]
  ): void {
    for (const [n, row] of rows.entries()) {
      try {
        take(key, row, n)
        report.tables[table].taken++
      } catch (error) {
        report.refuse(table, row.id, error)
      }
    }
  }

  const importBatch = db.transaction((batch: readonly Row[]) => {
    batch.forEach(importOne)
  })
  let batch: Row[] = []
  for (const row of source.rows('executions', 'id')) {
    batch.push(row)
    if (batch.length === BATCH) {
      importBatch(batch)
      batch = []
    }
  }
  importBatch(batch)
  for (const { of } of parts) of(undefined)
}
