/** Functions with their versions, key-value entries and variables. One function is one transaction. */
import type { Database } from 'better-sqlite3'
import type { ImportedTable } from '../../../core/contracts/offline-storage.js'
import { checkVariableSize } from '../../../core/validation/env-vars.js'
import { limits } from '../../../core/validation/limits.js'
import type { SecretBox } from '../secrets/secret-box.js'
import { GLOBAL } from '../kv/kv-store.js'
import { boundedBytes, text } from './columns.js'
import { followGroups } from './groups.js'
import { toFunctionRow, toVersionRow } from './reference-rows.js'
import type { ReferenceSource, Row } from './reference-source.js'
import type { Report } from './report.js'

type ImportedFunction = ReturnType<typeof toFunctionRow>
type ImportedVersion = ReturnType<typeof toVersionRow>

interface Parts {
  readonly db: Database
  readonly source: ReferenceSource
  readonly secrets: SecretBox
  readonly report: Report
}

/** A function that is there already is left as it is, with all that belongs to it. Gives the numbers of foreign version ids. */
export function importFunctions(
  { db, source, secrets, report }: Parts,
  onFunction: () => void
): Map<string, number> {
  const known = db.prepare<[string]>('select 1 from functions where id = ?')
  const insertFunction = db.prepare(`
    insert into functions (id, name, description, disabled, retention_days, cron_schedule, cron_status, save_response, created_at, updated_at, active_version, last_version)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const insertVersion = db.prepare(
    'insert into versions (function, version, created_at, code) values (?, ?, ?, ?)'
  )
  const insertKv = db.prepare(
    'insert into kv (function, key, value) values (?, ?, ?) on conflict do nothing'
  )
  const insertEnv = db.prepare(
    'insert into env (function, name, value) values (?, ?, ?) on conflict do nothing'
  )
  const versionNumbers = new Map<string, number>()

  const follow = (table: ImportedTable) =>
    followGroups(source.rows(table, 'function_id'), 'function_id', row => {
      report.refuse(
        table,
        row.id ?? row.key,
        new Error(`it belongs to no function (function_id ${JSON.stringify(row.function_id)})`)
      )
    })
  const versionsOf = follow('function_versions')
  const kvOf = follow('kv_store')
  const envOf = follow('env_vars')

  /** Reads each row; those that cannot be read are reported and left out. */
  function read<T>(table: ImportedTable, rows: readonly Row[], convert: (row: Row) => T): T[] {
    const read: T[] = []
    for (const row of rows) {
      try {
        read.push(convert(row))
      } catch (error) {
        report.refuse(table, row.id ?? row.key, error)
      }
    }
    return read
  }

  function readVersions(rows: readonly Row[]) {
    const versions = new Map<number, ReturnType<typeof toVersionRow>>()
    read('function_versions', rows, row => {
      const version = toVersionRow(row)
      if (versions.has(version.version)) {
        throw new Error(`version ${version.version} is there twice`)
      }
      versions.set(version.version, version)
      versionNumbers.set(text(row, 'id'), version.version)
    })
    return [...versions.values()].sort((a, b) => a.version - b.version)
  }

  const importOne = db.transaction(
    (row: Row, versionRows: readonly Row[], kvRows: readonly Row[], envRows: readonly Row[]) => {
      const fn = toFunctionRow(row)
      const versions = readVersions(versionRows)
      if (known.get(fn.id) !== undefined) {
        report.tables.functions.present++
        report.tables.function_versions.present += versions.length
        report.tables.kv_store.present += kvRows.length
        report.tables.env_vars.present += envRows.length
        return
      }
      const active = versions.filter(version => version.isActive).at(-1)
      const foreign = languageOf(fn, versions)
      if (active === undefined) {
        report.note(
          `${fn.name} (${fn.id}) has no active version and cannot run until one is activated`
        )
      }
      if (foreign !== undefined) report.note(foreignNote(fn, foreign))
      if (fn.scheduleProblem !== undefined) {
        report.note(
          `${fn.name} (${fn.id}) was taken over without its schedule ${fn.scheduleProblem}`
        )
      }
      const key = Number(
        insertFunction.run(
          fn.id,
          fn.name,
          fn.description ?? null,
          Number(fn.disabled || foreign !== undefined),
          fn.retentionDays ?? null,
          fn.cronSchedule ?? null,
          fn.cronStatus,
          Number(fn.saveResponse),
          fn.createdAt,
          fn.updatedAt,
          active?.version ?? null,
          versions.at(-1)?.version ?? 0
        ).lastInsertRowid
      )
      for (const { version, createdAt, code } of versions) {
        insertVersion.run(key, version, createdAt, code)
      }
      const kv = read('kv_store', kvRows, row => insertKv.run(key, ...toKvEntry(row)))
      const env = read('env_vars', envRows, row => {
        const [name, value] = [text(row, 'key'), text(row, 'value')]
        checkVariableSize(name, value)
        insertEnv.run(key, name, secrets.seal(value, fn.id, name))
      })
      report.tables.functions.taken++
      report.tables.function_versions.taken += versions.length
      report.tables.kv_store.taken += kv.length
      report.tables.env_vars.taken += env.length
    }
  )

  /** Entries of the store that all functions share; the reference keeps them under an empty function id. */
  const importGlobal = db.transaction((rows: readonly Row[]) => {
    const taken = read('kv_store', rows, row => insertKv.run(GLOBAL, ...toKvEntry(row)).changes)
    const count = taken.filter(changes => changes > 0).length
    report.tables.kv_store.taken += count
    report.tables.kv_store.present += taken.length - count
  })

  importGlobal(kvOf(''))
  for (const row of source.rows('functions', 'id')) {
    const id = String(row.id)
    const [versions, kv, env] = [versionsOf(id), kvOf(id), envOf(id)]
    try {
      importOne(row, versions, kv, env)
    } catch (error) {
      report.refuse('functions', row.id, error)
      report.tables.function_versions.refused += versions.length
      report.tables.kv_store.refused += kv.length
      report.tables.env_vars.refused += env.length
    }
    onFunction()
  }
  for (const rest of [versionsOf, kvOf, envOf]) rest(undefined)
  return versionNumbers
}

/** The language of what would run, if that is not Lua; of any version, when none is active. */
function languageOf(
  fn: ImportedFunction,
  versions: readonly ImportedVersion[]
): string | undefined {
  const active = versions.filter(version => version.isActive).at(-1)
  return (
    fn.language ??
    (active === undefined ? versions.find(version => version.language !== undefined) : active)
      ?.language
  )
}

const foreignNote = ({ name, id }: ImportedFunction, language: string): string =>
  `${name} (${id}) is written in ${language}, which Moonlet does not run: it was taken over disabled. ` +
  'Write it anew in Lua, then enable it.'

const toKvEntry = (row: Row): [key: Uint8Array, value: Uint8Array] => [
  boundedBytes(row, 'key', limits.kvKeyBytes),
  boundedBytes(row, 'value', limits.kvValueBytes)
]
