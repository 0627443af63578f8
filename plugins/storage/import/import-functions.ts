/** Imports functions with their versions, key-value entries and variables. One function is one transaction. */
import type { Database } from 'better-sqlite3'
import type { ImportedTable } from '../../../core/contracts/offline-storage.js'
import { checkVariableSize } from '../../../core/validation/env-vars.js'
import { limits } from '../../../core/validation/limits.js'
import { SHARED } from '../quotas/stored-bytes.js'
import type { SecretBox } from '../secrets/secret-box.js'
import { boundedBytes, text } from './columns.js'
import { followGroups } from './groups.js'
import { toFunctionRow, toVersionRow } from './lunar-rows.js'
import type { LunarDatabase, Row } from './lunar-database.js'
import type { Report } from './report.js'

type ImportedFunction = ReturnType<typeof toFunctionRow>
type ImportedVersion = ReturnType<typeof toVersionRow>

interface Parts {
  readonly db: Database
  readonly source: LunarDatabase
  readonly secrets: SecretBox
  readonly report: Report
}
/** The rows that belong to one function. */
interface Belongings {
  readonly versions: readonly Row[]
  readonly kv: readonly Row[]
  readonly env: readonly Row[]
}

export class FunctionImport {
  /** Version numbers by the version ids of the source; complete after `run`. */
  readonly versionNumbers = new Map<string, number>()
  private readonly sql: ReturnType<typeof prepareStatements>

  constructor(private readonly parts: Parts) {
    this.sql = prepareStatements(parts.db)
  }

  /** A function that exists already is left as it is, with everything that belongs to it. */
  run(onFunction: () => void): void {
    const { db, source } = this.parts
    const versionsOf = this.follow('function_versions')
    const kvOf = this.follow('kv_store')
    const envOf = this.follow('env_vars')
    const importOne = db.transaction((row: Row, belongings: Belongings) => {
      this.importFunction(row, belongings)
    })
    db.transaction(() => {
      // The source keeps the entries of the store that all functions share under an empty function id.
      this.importShared(kvOf(''))
    })()
    for (const row of source.rows('functions', 'id')) {
      const id = String(row.id)
      const belongings = { versions: versionsOf(id), kv: kvOf(id), env: envOf(id) }
      try {
        importOne(row, belongings)
      } catch (error) {
        this.refuse(row, belongings, error)
      }
      onFunction()
    }
    for (const rest of [versionsOf, kvOf, envOf]) rest(undefined)
  }

  private importFunction(row: Row, belongings: Belongings): void {
    const fn = toFunctionRow(row)
    const versions = this.readVersions(belongings.versions)
    if (this.sql.known.get(fn.id) !== undefined) {
      this.count('present', {
        functions: 1,
        function_versions: versions.length,
        kv_store: belongings.kv.length,
        env_vars: belongings.env.length
      })
      return
    }
    const active = versions.filter(version => version.isActive).at(-1)
    const foreignLanguage = languageOf(fn, versions, active)
    this.addNotes(fn, active, foreignLanguage)
    const rowId = this.insertFunction(fn, versions, {
      active,
      disabled: fn.disabled || foreignLanguage !== undefined
    })
    const kv = this.readRows('kv_store', belongings.kv, entry =>
      this.sql.insertKv.run(rowId, ...toKvEntry(entry))
    )
    const env = this.readRows('env_vars', belongings.env, variable => {
      this.insertVariable(rowId, fn.id, variable)
    })
    this.count('taken', {
      functions: 1,
      function_versions: versions.length,
      kv_store: kv.length,
      env_vars: env.length
    })
  }

  private importShared(rows: readonly Row[]): void {
    const changes = this.readRows(
      'kv_store',
      rows,
      row => this.sql.insertKv.run(SHARED, ...toKvEntry(row)).changes
    )
    const taken = changes.filter(count => count > 0).length
    this.count('taken', { kv_store: taken })
    this.count('present', { kv_store: changes.length - taken })
  }

  private insertFunction(
    fn: ImportedFunction,
    versions: readonly ImportedVersion[],
    { active, disabled }: { active: ImportedVersion | undefined; disabled: boolean }
  ): number {
    const { lastInsertRowid } = this.sql.insertFunction.run(
      fn.id,
      fn.name,
      fn.description ?? null,
      Number(disabled),
      fn.retentionDays ?? null,
      fn.cronSchedule ?? null,
      fn.cronStatus,
      Number(fn.saveResponse),
      fn.createdAt,
      fn.updatedAt,
      active?.version ?? null,
      versions.at(-1)?.version ?? 0
    )
    const rowId = Number(lastInsertRowid)
    for (const { version, createdAt, code } of versions) {
      this.sql.insertVersion.run(rowId, version, createdAt, code)
    }
    return rowId
  }

  private insertVariable(rowId: number, functionId: string, row: Row): void {
    const name = text(row, 'key')
    const value = text(row, 'value')
    checkVariableSize(name, value)
    this.sql.insertEnv.run(rowId, name, this.parts.secrets.seal(value, functionId, name))
  }

  private readVersions(rows: readonly Row[]): ImportedVersion[] {
    const versions = new Map<number, ImportedVersion>()
    this.readRows('function_versions', rows, row => {
      const version = toVersionRow(row)
      if (versions.has(version.version)) {
        throw new Error(`version ${version.version} is there twice`)
      }
      versions.set(version.version, version)
      this.versionNumbers.set(text(row, 'id'), version.version)
    })
    return [...versions.values()].sort((a, b) => a.version - b.version)
  }

  /** Converts each row; those that cannot be read are reported and left out. */
  private readRows<T>(table: ImportedTable, rows: readonly Row[], convert: (row: Row) => T): T[] {
    const read: T[] = []
    for (const row of rows) {
      try {
        read.push(convert(row))
      } catch (error) {
        this.parts.report.refuse(table, row.id ?? row.key, error)
      }
    }
    return read
  }

  private addNotes(
    fn: ImportedFunction,
    active: ImportedVersion | undefined,
    foreignLanguage: string | undefined
  ): void {
    const { report } = this.parts
    const name = `${fn.name} (${fn.id})`
    if (active === undefined) {
      report.note(`${name} has no active version and cannot run until one is activated`)
    }
    if (foreignLanguage !== undefined) {
      report.note(
        `${name} is written in ${foreignLanguage}, which Moonlet does not run: it was taken over disabled. ` +
          'Write it anew in Lua, then enable it.'
      )
    }
    if (fn.scheduleProblem !== undefined) {
      report.note(`${name} was taken over without its schedule ${fn.scheduleProblem}`)
    }
  }

  private follow(table: ImportedTable): ReturnType<typeof followGroups> {
    const { source, report } = this.parts
    return followGroups(source.rows(table, 'function_id'), 'function_id', row => {
      const owner = JSON.stringify(row.function_id)
      report.refuse(
        table,
        row.id ?? row.key,
        new Error(`it belongs to no function (function_id ${owner})`)
      )
    })
  }

  /** The reason is reported once, for the function; what belongs to it is only counted. */
  private refuse(row: Row, { versions, kv, env }: Belongings, error: unknown): void {
    this.parts.report.refuse('functions', row.id, error)
    this.count('refused', {
      function_versions: versions.length,
      kv_store: kv.length,
      env_vars: env.length
    })
  }

  private count(
    what: 'taken' | 'present' | 'refused',
    counts: Partial<Record<ImportedTable, number>>
  ): void {
    for (const [table, count] of Object.entries(counts)) {
      this.parts.report.tables[table as ImportedTable][what] += count
    }
  }
}

function prepareStatements(db: Database) {
  return {
    known: db.prepare<[string]>('select 1 from functions where id = ?'),
    insertFunction: db.prepare(`
      insert into functions (id, name, description, disabled, retention_days, cron_schedule, cron_status,
        save_response, created_at, updated_at, active_version, last_version)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    insertVersion: db.prepare(
      'insert into versions (function, version, created_at, code) values (?, ?, ?, ?)'
    ),
    insertKv: db.prepare(
      'insert into kv (function, key, value) values (?, ?, ?) on conflict do nothing'
    ),
    insertEnv: db.prepare(
      'insert into env (function, name, value) values (?, ?, ?) on conflict do nothing'
    )
  }
}

/** The language of what would run, if that is not Lua; of any version, when none is active. */
function languageOf(
  fn: ImportedFunction,
  versions: readonly ImportedVersion[],
  active: ImportedVersion | undefined
): string | undefined {
  const version = active ?? versions.find(({ language }) => language !== undefined)
  return fn.language ?? version?.language
}

const toKvEntry = (row: Row): [key: Uint8Array, value: Uint8Array] => [
  boundedBytes(row, 'key', limits.kvKeyBytes),
  boundedBytes(row, 'value', limits.kvValueBytes)
]
