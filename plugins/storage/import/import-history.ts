/** Imports executions with their logs and requests, in transactions of some hundred. */
import type { Database } from 'better-sqlite3'
import type { ImportedTable } from '../../../core/contracts/offline-storage.js'
import { skewOf } from '../executions/id-skew.js'
import { RequestStatements } from '../executions/request-statements.js'
import { toStatusNumber } from '../executions/rows.js'
import { ExecutionStatements } from '../executions/statements.js'
import { followGroups } from './groups.js'
import { toAiRequest, toEmailRequest, toExecution, toLogEntry } from './lunar-rows.js'
import type { LunarDatabase, Row } from './lunar-database.js'
import type { Report } from './report.js'

interface Parts {
  readonly db: Database
  readonly source: LunarDatabase
  readonly versionNumbers: ReadonlyMap<string, number>
  readonly report: Report
}
/** A table whose rows belong to executions. */
interface PartTable {
  readonly name: ImportedTable
  readonly rowsOf: ReturnType<typeof followGroups>
  readonly insert: (executionRowId: number, row: Row, n: number) => void
}
interface PartRows {
  readonly table: PartTable
  readonly rows: readonly Row[]
}

const EXECUTIONS_AT_ONCE = 500
/** Stored bytes are counted when the database is opened next. */
const countNoBytes = (): void => {}

export class HistoryImport {
  private readonly sql: ReturnType<typeof prepareStatements>
  private readonly statements: ExecutionStatements
  private readonly partTables: readonly PartTable[]

  constructor(private readonly parts: Parts) {
    this.sql = prepareStatements(parts.db)
    this.statements = new ExecutionStatements(parts.db, countNoBytes)
    this.partTables = this.createPartTables()
  }

  /** An execution that exists already is left as it is, with its logs and requests. */
  run(onExecution: () => void): void {
    const importAll = this.parts.db.transaction((rows: readonly Row[]) => {
      for (const row of rows) {
        this.importOne(row)
        onExecution()
      }
    })
    let rows: Row[] = []
    for (const row of this.parts.source.rows('executions', 'id')) {
      rows.push(row)
      if (rows.length < EXECUTIONS_AT_ONCE) continue
      importAll(rows)
      rows = []
    }
    importAll(rows)
    for (const { rowsOf } of this.partTables) rowsOf(undefined)
  }

  private importOne(row: Row): void {
    const { tables, refuse } = this.parts.report
    const partRows = this.partTables.map(table => ({ table, rows: table.rowsOf(String(row.id)) }))
    try {
      const rowId = this.importExecution(row)
      tables.executions[rowId === undefined ? 'present' : 'taken']++
      if (rowId === undefined) this.skip(partRows, 'present')
      else this.importParts(rowId, partRows)
    } catch (error) {
      refuse('executions', row.id, error)
      this.skip(partRows, 'refused')
    }
  }

  /** Returns the id of the new row; undefined when the execution exists already. */
  private importExecution(row: Row): number | undefined {
    const { execution, version } = toExecution(row, this.parts.versionNumbers)
    if (this.sql.known.get(execution.id) !== undefined) return undefined
    const owner = this.sql.findFunction.get(execution.functionId)
    if (owner === undefined) {
      const id = JSON.stringify(execution.functionId)
      throw new Error(`it belongs to no function (function_id ${id})`)
    }
    const rowId = this.statements.insertFinished(owner, version, execution)
    this.sql.count.run(owner, version, execution.trigger, toStatusNumber(execution.status))
    this.sql.widenSkew.run({ skew: skewOf(execution.id, execution.createdAt), owner })
    return rowId
  }

  private importParts(executionRowId: number, partRows: readonly PartRows[]): void {
    const { report } = this.parts
    for (const { table, rows } of partRows) {
      for (const [n, row] of rows.entries()) {
        try {
          table.insert(executionRowId, row, n)
          report.tables[table.name].taken++
        } catch (error) {
          report.refuse(table.name, row.id, error)
        }
      }
    }
  }

  private skip(partRows: readonly PartRows[], how: 'present' | 'refused'): void {
    for (const { table, rows } of partRows) {
      this.parts.report.tables[table.name][how] += rows.length
    }
  }

  private createPartTables(): PartTable[] {
    const { statements } = this
    const requests = new RequestStatements(this.parts.db, countNoBytes)
    const insert: Partial<Record<ImportedTable, PartTable['insert']>> = {
      logs(executionRowId, row, n) {
        statements.insertLogs(executionRowId, n, [toLogEntry(row)])
      },
      ai_requests(executionRowId, row) {
        requests.insert(executionRowId, { kind: 'ai', request: toAiRequest(row) })
      },
      email_requests(executionRowId, row) {
        requests.insert(executionRowId, { kind: 'email', request: toEmailRequest(row) })
      }
    }
    return Object.entries(insert).map(([table, insert]) => {
      const name = table as ImportedTable
      return { name, insert, rowsOf: this.follow(name) }
    })
  }

  private follow(table: ImportedTable): PartTable['rowsOf'] {
    const { source, report } = this.parts
    return followGroups(source.rows(table, 'execution_id'), 'execution_id', row => {
      const owner = JSON.stringify(row.execution_id)
      report.refuse(table, row.id, new Error(`it belongs to no execution (execution_id ${owner})`))
    })
  }
}

function prepareStatements(db: Database) {
  return {
    known: db.prepare<[string]>('select 1 from executions where id = ?'),
    findFunction: db.prepare<[string], number>('select seq from functions where id = ?').pluck(),
    count: db.prepare(`
      insert into execution_counts (function, version, trigger, status, total) values (?, ?, ?, ?, 1)
      on conflict do update set total = total + 1`),
    widenSkew: db.prepare<{ skew: number; owner: number }>(
      'update functions set id_skew = :skew where seq = :owner and id_skew < :skew'
    )
  }
}
