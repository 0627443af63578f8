/** Tables of third-party plugins, in the same file and the same batches as everything else. */
import type { Database, Statement } from 'better-sqlite3'
import { fileURLToPath } from 'node:url'
import type { PluginDatabase, SqlRow, SqlValue } from '../../../core/contracts/plugin.js'
import { MoonletError } from '../../../core/base/errors.js'
import type { Batch } from './batch.js'
import { applyMigrations, findMigrations } from './migrations.js'

/** Statements kept prepared for one plugin. */
const STATEMENTS = 100
/** Would break into the transaction that all writes of a tick share, or leave the plugin's own tables. */
const forbidden =
  /^\s*(?:begin|commit|end|rollback|savepoint|release|pragma|attach|detach|vacuum)\b/i

/** What a plugin's tables, indexes and the like begin with. */
export const tablePrefix = (plugin: string): string => `plugin_${plugin.replaceAll('-', '_')}_`

/** Applies the plugin's migrations. Rejects with MIGRATION_FAILED or DATABASE_TOO_NEW. */
export async function openPluginTables(
  db: Database,
  batch: Batch,
  plugin: string,
  folder: URL | string
): Promise<PluginDatabase> {
  await batch.flush()
  const files = await findMigrations(folder instanceof URL ? fileURLToPath(folder) : folder)
  await applyMigrations(db, { namespace: plugin, files, prefix: tablePrefix(plugin) })
  return createPluginDatabase(db, batch)
}

function createPluginDatabase(db: Database, batch: Batch): PluginDatabase {
  const statements = new Map<string, Statement<SqlValue[], SqlRow>>()

  function prepare(sql: string): Statement<SqlValue[], SqlRow> {
    const known = statements.get(sql)
    if (known !== undefined) return known
    if (forbidden.test(sql)) {
      throw new MoonletError(
        'STORAGE_FAILED',
        `A plugin cannot use the statement ${sql.trim().slice(0, 40)}: use database.atomic for several writes at once.`
      )
    }
    if (statements.size >= STATEMENTS) statements.clear()
    const statement = db.prepare<SqlValue[], SqlRow>(sql)
    statements.set(sql, statement)
    return statement
  }

  /** Statements that return rows may write too (`returning`): those belong into the batch. */
  async function query<T>(
    sql: string,
    read: (statement: Statement<SqlValue[], SqlRow>) => T
  ): Promise<T> {
    const statement = prepare(sql)
    return statement.readonly
      ? await batch.read(() => read(statement))
      : await batch.write(() => read(statement))
  }

  return {
    all: (sql, ...values) => query(sql, statement => statement.all(...values)),
    get: (sql, ...values) => query(sql, statement => statement.get(...values)),
    run: async (sql, ...values) => await batch.write(() => prepare(sql).run(...values).changes),
    atomic: async writes =>
      await batch.transaction(() =>
        writes.map(([sql, ...values]) => prepare(sql).run(...values).changes)
      )
  }
}
