/**
 * Foreign keys that leave a plugin's own tables. Executions are deleted all the time, and functions change their id
 * when they are removed: a row of a plugin that refers to one would make that fail, and with it retention and quotas.
 */
import type { Database } from 'better-sqlite3'

export interface ForeignReference {
  readonly table: string
  readonly target: string
}

/** A foreign key of a table called `prefix…` that leads to a table which is not; undefined: there is none. */
export function findForeignReference(db: Database, prefix: string): ForeignReference | undefined {
  return db
    .prepare<{ prefix: string }, ForeignReference>(
      `select t.name as "table", k."table" as target
       from sqlite_schema t join pragma_foreign_key_list(t.name) k
       where t.type = 'table' and lower(substr(t.name, 1, length(:prefix))) = lower(:prefix)
         and lower(substr(k."table", 1, length(:prefix))) <> lower(:prefix)
       limit 1`
    )
    .get({ prefix })
}
