/** Checks of a file before it is used. */
import Database from 'better-sqlite3'
import { MoonletError } from '../../../core/base/errors.js'

/** Throws VALIDATION, saying what `file` is instead, unless it is a database of Moonlet. Fast. */
export function checkKind(file: string): void {
  inspect(file, db => {
    if (!hasTables(db, ['migrations', 'functions', 'executions'])) {
      throw new Error('it is a database of another program')
    }
  })
}

/** Throws VALIDATION, saying what is wrong, unless every page and index of `file` is intact. Reads all of it. */
export function checkIntegrity(file: string): void {
  inspect(file, db => {
    const problems = db.prepare<[], string>('pragma integrity_check(5)').pluck().all()
    if (problems[0] !== 'ok') throw new Error(problems.join('; ').replaceAll('\n', '; '))
  })
}

export function hasTables(db: Database.Database, names: readonly string[]): boolean {
  const tables = db
    .prepare<[], string>("select name from sqlite_schema where type = 'table'")
    .pluck()
    .all()
  return names.every(name => tables.includes(name))
}

function inspect(file: string, look: (db: Database.Database) => void): void {
  let db: Database.Database | undefined
  try {
    db = new Database(file, { readonly: true, fileMustExist: true })
    look(db)
  } catch (cause) {
    throw new MoonletError(
      'VALIDATION',
      `${file} is no sound Moonlet database: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause }
    )
  } finally {
    db?.close()
  }
}
