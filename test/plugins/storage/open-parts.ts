/** Storage together with its database connection, for tests that must reach under it. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { applyMigrations, findMigrations } from '../../../plugins/storage/db/migrations.js'
import { limitBusyWait, openDatabase } from '../../../plugins/storage/db/open.js'
import { SqliteStorage } from '../../../plugins/storage/storage.js'
import { SECRET_KEY, temporaryFolder } from './open-storage.js'

/** `prepared` has the text of every statement that the storage prepares. */
export async function openParts(
  t: Test,
  file?: string,
  options: Partial<ConstructorParameters<typeof SqliteStorage>[1]> = {}
) {
  const db = openDatabase(file ?? join(await temporaryFolder(t), 'moonlet.db'))
  await applyMigrations(db, {
    namespace: 'moonlet',
    files: await findMigrations(fileURLToPath(new URL('../../../migrations/', import.meta.url)))
  })
  limitBusyWait(db)
  const prepared = new Set<string>()
  const prepare = db.prepare.bind(db)
  db.prepare = ((sql: string) => {
    prepared.add(sql)
    return prepare(sql)
  }) as typeof db.prepare
  const storage = new SqliteStorage(db, { secretKey: SECRET_KEY, ...options })
  t.teardown(() => storage.close())
  return { db, storage, prepared }
}

/** The kept totals, and what counting gives. */
export function totalsOf(db: Awaited<ReturnType<typeof openParts>>['db']) {
  return {
    kept: db
      .prepare(
        'select function, version, trigger, status, total from execution_counts where total <> 0 order by 1, 2, 3, 4'
      )
      .all(),
    counted: db
      .prepare(
        'select function, version, trigger, status, count(*) as total from executions group by 1, 2, 3, 4 order by 1, 2, 3, 4'
      )
      .all()
  }
}
