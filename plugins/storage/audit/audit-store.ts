/** AuditStore on SQLite. */
import type { Database } from 'better-sqlite3'
import type {
  AuditFilter,
  AuditNote,
  AuditRecord,
  AuditStore,
  AuditSubject
} from '../../../core/contracts/audit.js'
import type { Page, Paged } from '../../../core/contracts/page.js'
import { LongRead, type ReadParts } from '../db/long-read.js'
import { SHARED_ENV } from '../functions/env-history.js'
import type { VariableReader } from '../functions/env-store.js'
import type { FunctionRowIds } from '../functions/function-row-ids.js'
import {
  prepareAuditStatements,
  type AuditStatements,
  type FilterValues
} from './audit-statements.js'
import {
  toFunctionEntries,
  toModuleEntries,
  toSharedEntries,
  toValueEntries,
  type AuditEntry,
  type ValueSubject
} from './audit-entries.js'
import { isRefusal, toRecord, toRow, type AuditRow } from './audit-rows.js'
import { scanAudit } from './audit-scan.js'
import { createFunctionStateReader } from './function-state.js'
import { createModuleStateReader } from './module-state.js'
import { createValueStateReader } from './value-state.js'
import { createVariableStateReader } from './variable-state.js'

interface Parts extends ReadParts {
  readonly db: Database
  readonly rowIds: FunctionRowIds
  readonly readVariables: VariableReader
  readonly nowMs: () => number
}

/** A page behind more entries than these is looked for in slices. */
const MAX_SKIPPED = 10_000
/** More entries than these are counted in the reading thread: here that would take a millisecond. */
const MANY = 50_000

export class SqliteAuditStore implements AuditStore {
  private readonly sql: AuditStatements
  private readonly readFunction: ReturnType<typeof createFunctionStateReader>
  private readonly readModule: ReturnType<typeof createModuleStateReader>
  private readonly readValue: ReturnType<typeof createValueStateReader>
  private readonly readVariables: ReturnType<typeof createVariableStateReader>

  constructor(private readonly parts: Parts) {
    this.sql = prepareAuditStatements(parts.db)
    this.readFunction = createFunctionStateReader(parts)
    this.readModule = createModuleStateReader(parts.db)
    this.readValue = createValueStateReader(parts)
    this.readVariables = createVariableStateReader(parts)
  }

  track<T>(note: AuditNote, subject: AuditSubject, change: () => Promise<T>): Promise<T> {
    return this.parts.batch.around(work => {
      const finish = this.look(subject)
      const result = work()
      if (!isRefusal(result)) for (const entry of finish()) this.insert(note, entry)
      return result
    }, change)
  }

  add(note: AuditNote, entry: AuditEntry): Promise<void> {
    return this.parts.batch.write(() => {
      this.insert(note, entry)
    })
  }

  async list(page: Page, filter: AuditFilter = {}): Promise<Paged<AuditRecord>> {
    const values: FilterValues = {
      ...(filter.functionId === undefined ? {} : { functionId: filter.functionId }),
      ...(filter.actor === undefined ? {} : { actor: filter.actor }),
      ...(filter.from === undefined ? {} : { from: filter.from }),
      ...(filter.to === undefined ? {} : { to: filter.to })
    }
    const { rows, total } = await this.listRows(page, values)
    return { rows: rows.map(toRecord), total }
  }

  /** No index knows the actors, and what an offset skips is read. */
  private async listRows(page: Page, values: FilterValues): Promise<Paged<AuditRow>> {
    const { parts, sql } = this
    const { batch } = parts
    const read = new LongRead(parts)
    if (values.actor !== undefined) {
      return scanAudit({ batch, sql }, read, { page, values, total: undefined })
    }
    const total = await this.count(read, values)
    if (total <= page.offset) return { rows: [], total }
    if (page.offset > MAX_SKIPPED) return scanAudit({ batch, sql }, read, { page, values, total })
    const rows = await batch.read(() => sql.page(values).all({ ...values, ...page }))
    return { rows, total }
  }

  /** Every count reads the entries, or an index. */
  private async count(read: LongRead, values: FilterValues): Promise<number> {
    const bounds = await this.parts.batch.read(() => this.sql.bounds.get())
    if (bounds === undefined || bounds.least === null) return 0
    if (bounds.greatest - bounds.least > MANY) await read.leave()
    const [total = 0] = await read.all(this.sql.count(values), values)
    return total
  }

  expire(before: number, most: number, limit: number): Promise<number> {
    return this.parts.batch.slice(() => {
      const old = this.sql.removeOld.run(before, limit).changes
      const excess = Math.min(limit - old, (this.sql.count({}).get({}) ?? 0) - most)
      if (excess <= 0) return old
      const values = this.sql.removeValues.run(excess).changes
      return old + values + this.sql.removeOldest.run(excess - values).changes
    })
  }

  /** Looks at what is there; the result looks again, and returns what has become of it. */
  private look(subject: AuditSubject): () => AuditEntry[] {
    if ('target' in subject) return () => [subject]
    if ('value' in subject) return this.lookAtValue(subject.value)
    if ('sharedVariables' in subject) return this.lookAtShared()
    const before = subject.functions.map(id => [id, this.readFunction(id)] as const)
    const { modules = [] } = subject
    const modulesBefore = modules.map(id => [id, this.readModule(id)] as const)
    return () => [
      ...before.flatMap(([id, state]) => toFunctionEntries(id, state, this.readFunction(id))),
      ...modulesBefore.flatMap(([id, state]) => toModuleEntries(id, state, this.readModule(id)))
    ]
  }

  private lookAtValue({ functionId, key }: ValueSubject): () => AuditEntry[] {
    const read = () => this.readValue(functionId, key)
    const before = read()
    return () => toValueEntries({ functionId, key }, before, read())
  }

  private lookAtShared(): () => AuditEntry[] {
    const read = () => this.readVariables(SHARED_ENV)
    const before = read()
    return () => toSharedEntries(before, read())
  }

  private insert(note: AuditNote, entry: AuditEntry): void {
    this.sql.insert.run(toRow(Math.floor(this.parts.nowMs() / 1000), note, entry))
  }
}
