import { basename } from 'node:path'
import { MoonletError } from '../../../core/base/errors.js'
import { findMigrations } from '../db/migrations.js'
import { migrationsFolder } from '../storage.js'
import { openForReading } from '../db/open.js'

/**
 * Throws MIGRATION_FAILED unless the database has this version's schema: opening it would change it, perhaps while a
 * server of an earlier version works on it.
 */
export async function checkCurrent(database: string): Promise<void> {
  const wanted = (await findMigrations(migrationsFolder)).map(file => basename(file))
  const db = openForReading(database)
  try {
    const applied = db
      .prepare<[], string>("select name from migrations where namespace = 'moonlet'")
      .pluck()
      .all()
    if (wanted.some(name => !applied.includes(name))) {
      throw new MoonletError(
        'MIGRATION_FAILED',
        `The database ${database} was written by an earlier version. ` +
          'Start the server of this version once; then try again.'
      )
    }
  } finally {
    db.close()
  }
}
