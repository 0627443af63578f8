/** Tables of third-party plugins, in the same file and the same batches as everything else. */
import type { Database, Statement } from 'better-sqlite3'
import { LRUCache } from 'lru-cache'
import { fileURLToPath } from 'node:url'
import type { PluginDatabase, SqlRow, SqlValue } from '../../../core/contracts/plugin.js'
import { MoonletError } from '../../../core/base/errors.js'
import type { Batch } from './batch.js'
import { applyMigrations, findMigrations } from './migrations.js'

type SqlStatement = Statement<SqlValue[], SqlRow>

/** Statements kept prepared for one plugin. */
const MAX_STATEMENTS = 100
/** These would break into the transaction that all writes share, or leave the plugin's own tables. */
const forbidden =
  /^\s*(?:begin|commit|end|rollback|savepoint|release|pragma|attach|detach|vacuum)\b/i

/** What the names of a plugin's tables and indexes begin with. */
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
  return new PluginTables(db, batch)
}

/** Methods are bound, so that plugins may pass them on. */
class PluginTables implements PluginDatabase {
  private readonly statements = new LRUCache<string, SqlStatement>({ max: MAX_STATEMENTS })

  constructor(
    private readonly db: Database,
    private readonly batch: Batch
  ) {}

  readonly all: PluginDatabase['all'] = (sql, ...values) =>
    this.query(sql, statement => statement.all(...values))

  readonly get: PluginDatabase['get'] = (sql, ...values) =>
    this.query(sql, statement => statement.get(...values))

  readonly run: PluginDatabase['run'] = async (sql, ...values) =>
    await this.batch.write(() => this.prepare(sql).run(...values).changes)

  readonly atomic: PluginDatabase['atomic'] = async writes =>
    await this.batch.transaction(() =>
      writes.map(([sql, ...values]) => this.prepare(sql).run(...values).changes)
    )

  /** Statements that return rows may write too (`returning`): those belong in the batch. */
  private async query<T>(sql: string, read: (statement: SqlStatement) => T): Promise<T> {
    const statement = this.prepare(sql)
    return statement.readonly
      ? await this.batch.read(() => read(statement))
      : await this.batch.write(() => read(statement))
  }

  private prepare(sql: string): SqlStatement {
    const known = this.statements.get(sql)
    if (known !== undefined) return known
    if (forbidden.test(sql)) {
      const start = sql.trim().slice(0, 40)
      throw new MoonletError(
        'STORAGE_FAILED',
        `A plugin cannot use the statement ${start}: use database.atomic for several writes at once.`
      )
    }
    const statement = this.db.prepare<SqlValue[], SqlRow>(sql)
    this.statements.set(sql, statement)
    return statement
  }
}
