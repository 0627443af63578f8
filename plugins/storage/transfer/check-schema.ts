/**
 * Checks that a database consists of what its migrations create and nothing else. A trigger or a view in a file from
 * elsewhere would be code that runs within every write of the server.
 */
import Database from 'better-sqlite3'
import { basename } from 'node:path'
import { MoonletError } from '../../../core/base/errors.js'
import { findForeignReference } from '../db/foreign-references.js'
import { applyMigrations, findMigrations } from '../db/migrations.js'
import { tablePrefix } from '../db/plugin-tables.js'
import { migrationsFolder } from '../storage.js'

interface Thing {
  readonly type: string
  readonly name: string
  readonly owner: string
  readonly sql: string
}

/**
 * Throws VALIDATION, naming the first difference, unless the tables and indexes of `file` are exactly those that its
 * migrations create; plugins may have tables and indexes of their own beside them. Throws DATABASE_TOO_NEW for
 * migrations that this version does not have. `name` is what the file is called in messages.
 */
export async function checkSchema(file: string, name: string): Promise<void> {
  const files = await findMigrations(migrationsFolder)
  const db = new Database(file, { readonly: true, fileMustExist: true })
  try {
    const applied = db
      .prepare<[], string>("select name from migrations where namespace = 'moonlet' order by name")
      .pluck()
      .all()
    const plugins = db
      .prepare<[], string>("select distinct namespace from migrations where namespace <> 'moonlet'")
      .pluck()
      .all()
    const prefixes = plugins.map(tablePrefix)
    const model = await readModel(files, applied, name)
    const problem = findProblem(readThings(db), model, prefixes) ?? findReference(db, prefixes)
    if (problem !== undefined) throw refusal(name, problem)
  } finally {
    db.close()
  }
}

/** The schema that the migrations noted in `file` create in an empty database. */
async function readModel(
  files: readonly string[],
  applied: readonly string[],
  file: string
): Promise<ReadonlyMap<string, Thing>> {
  const own = files.filter(path => applied.includes(basename(path)))
  if (own.length < applied.length) {
    throw new MoonletError(
      'DATABASE_TOO_NEW',
      `${file} was written by a newer version of Moonlet; restore it with that one.`
    )
  }
  if (own.some((path, i) => path !== files[i])) {
    throw refusal(file, 'it lacks a migration between those that it has')
  }
  const model = new Database(':memory:')
  try {
    await applyMigrations(model, { namespace: 'moonlet', files: own })
    return readThings(model)
  } finally {
    model.close()
  }
}

function findProblem(
  found: ReadonlyMap<string, Thing>,
  model: ReadonlyMap<string, Thing>,
  prefixes: readonly string[]
): string | undefined {
  for (const { type, name, owner, sql } of found.values()) {
    const expected = model.get(name)
    const what = `${type} ${JSON.stringify(name)}`
    if (type !== 'table' && type !== 'index') {
      return `it has the ${what}; a database of Moonlet's has tables and indexes alone`
    }
    if (expected !== undefined && (expected.type !== type || expected.sql !== sql)) {
      return `its ${what} is not what Moonlet makes`
    }
    const isOfPlugin = prefixes.some(prefix => name.startsWith(prefix) && owner.startsWith(prefix))
    if (expected === undefined && !isOfPlugin) {
      return `it has the ${what}, which Moonlet does not make`
    }
  }
  const missing = [...model.values()].find(({ name }) => !found.has(name))
  return missing === undefined
    ? undefined
    : `it lacks the ${missing.type} ${JSON.stringify(missing.name)}`
}

/** A plugin's table that refers to one of Moonlet's would keep its rows from being deleted. */
function findReference(db: Database.Database, prefixes: readonly string[]): string | undefined {
  for (const prefix of prefixes) {
    const found = findForeignReference(db, prefix)
    if (found === undefined) continue
    const { table, target } = found
    return `its table ${JSON.stringify(table)} refers to ${target}, whose rows could not be deleted`
  }
  return undefined
}

/** By name, without what SQLite creates by itself: indexes of keys, and statistics. */
function readThings(db: Database.Database): Map<string, Thing> {
  const things = db
    .prepare<[], Thing>(
      "select type, name, tbl_name as owner, coalesce(sql, '') as sql from sqlite_schema"
    )
    .all()
  const own = things.filter(
    ({ type, name }) => !(name.startsWith('sqlite_') && (type === 'table' || type === 'index'))
  )
  return new Map(
    own.map(thing => [thing.name, { ...thing, sql: thing.sql.replace(/["\s]+/g, ' ') }])
  )
}

const refusal = (file: string, problem: string): MoonletError =>
  new MoonletError('VALIDATION', `${file} is no sound Moonlet database: ${problem}`)
