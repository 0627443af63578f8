/** Statements on modules and their versions, and on what requires them. */
import type { Database } from 'better-sqlite3'
import { originColumns } from '../functions/function-rows.js'
import { present } from '../functions/function-statements.js'
import type { RequiringRow } from './dependents.js'
import { moduleColumns, type ActiveModuleRow, type ModuleVersionRow } from './module-rows.js'

/** Modules, each with its active version. */
export const source =
  'from modules m join module_versions v on v.module = m.seq and v.version = m.active_version'
export const activeColumns = `${moduleColumns}, v.version, v.code, v.created_at as versionCreatedAt,
  v.requires, v.exports, ${originColumns}`

export interface SourceRow {
  readonly name: string
  readonly code: string
  readonly requires: string
}

type Row = Record<string, unknown>

export function prepareModuleReads(db: Database) {
  const version = `
    select v.version, v.code, v.created_at as createdAt, v.version is m.active_version as isActive,
      v.requires, v.exports, ${originColumns}
    from module_versions v join modules m on m.seq = v.module`
  return {
    rowId: db.prepare<[string], number>('select seq from modules where id = ?').pluck(),
    idOf: db.prepare<[number], string>('select id from modules where seq = ?').pluck(),
    nameOf: db.prepare<[number], string>('select name from modules where seq = ?').pluck(),
    find: db.prepare<[number], ActiveModuleRow>(
      `select ${activeColumns} ${source} where m.seq = ?`
    ),
    /** In any case; the caller compares. */
    named: db.prepare<[string], { readonly id: string; readonly name: string }>(
      'select id, name from modules where name = ?'
    ),
    sourceOf: db.prepare<[string, string], SourceRow>(
      `select m.name, v.code, v.requires ${source}
       where m.name = ? and m.name = ? collate binary`
    ),
    names: db.prepare<[], string>('select name from modules').pluck(),
    versions: db.prepare<[number, number, number], ModuleVersionRow>(
      `${version} where v.module = ? order by v.version desc limit ? offset ?`
    ),
    versionCount: db
      .prepare<[number], number>('select count(*) from module_versions where module = ?')
      .pluck(),
    version: db.prepare<[number, number], ModuleVersionRow>(
      `${version} where v.module = ? and v.version = ?`
    ),
    /** Everything whose active version requires a module. */
    requiring: db.prepare<[], RequiringRow>(`
      select 'function' as kind, f.id, f.name, v.requires
      from versions v join functions f on f.seq = v.function and f.active_version = v.version
      where v.requires <> '[]' and ${present}
      union all
      select 'module', m.id, m.name, v.requires
      from module_versions v join modules m on m.seq = v.module and m.active_version = v.version
      where v.requires <> '[]'`),
    state: db.prepare<[number], Row>(`
      select *, (select count(*) from module_versions where module = modules.seq) as versions
      from modules where seq = ?`)
  }
}

export function prepareModuleWrites(db: Database) {
  return {
    insert: db.prepare(`
      insert into modules (id, name, description, created_at, updated_at, active_version, last_version)
      values (:id, :name, :description, :now, :now, 1, 1)`),
    insertVersion: db.prepare(`
      insert into module_versions (module, version, created_at, code, created_by, message, "commit", requires, exports)
      values (:rowId, :version, :createdAt, :code, :createdBy, :message, :commit, :requires, :exports)`),
    nextVersion: db
      .prepare<[number], number>(
        'update modules set last_version = last_version + 1 where seq = ? returning last_version'
      )
      .pluck(),
    activate: db.prepare<[number, number]>('update modules set active_version = ? where seq = ?'),
    setName: db.prepare<[string, number]>('update modules set name = ? where seq = ?'),
    setDescription: db.prepare<[string, number]>(
      'update modules set description = ? where seq = ?'
    ),
    noteChange: db.prepare<[number, number]>(
      'update modules set updated_at = ?, changes = changes + 1 where seq = ?'
    ),
    countChange: db.prepare<[number]>('update modules set changes = changes + 1 where seq = ?'),
    remove: db.prepare<[number]>('delete from modules where seq = ?'),
    removeVersion: db.prepare<[number, number]>(
      'delete from module_versions where module = ? and version = ?'
    ),
    removeVersions: db.prepare<[number]>('delete from module_versions where module = ?')
  }
}
