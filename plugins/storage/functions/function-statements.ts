/** Statements on functions and their versions. */
import type { Database } from 'better-sqlite3'
import {
  activeColumns,
  functionColumns,
  patchColumns,
  type ActiveRow,
  type FunctionRow,
  type PlainPatchKey,
  type ScheduledRow
} from './function-rows.js'

/** Functions, each with its active version. */
export const source =
  'from functions f left join versions v on v.function = f.seq and v.version = f.active_version'
/** Removed functions wait for their purge under another id. */
export const present = 'f.seq not in (select function from purges where version = 0)'

export function prepareFunctionReads(db: Database) {
  return {
    find: db.prepare<[string], ActiveRow>(`select ${activeColumns} ${source} where f.id = ?`),
    ofSlug: db.prepare<[string], { readonly id: string; readonly name: string }>(
      'select id, name from functions where slug = ?'
    ),
    addressed: db.prepare<[], FunctionRow>(
      `select ${functionColumns} from functions f
       where (f.slug is not null or f.front_door is not null) and ${present} order by f.seq`
    ),
    frontDoor: db
      .prepare<[number], string | null>('select front_door from functions where seq = ?')
      .pluck(),
    scheduled: db.prepare<[], ScheduledRow>(
      `select ${functionColumns}, f.last_cron_at as lastCronAt from functions f
       where f.cron_schedule <> '' and f.cron_status = 'active' and f.disabled = 0 order by f.seq`
    )
  }
}

export function prepareFunctionWrites(db: Database) {
  return {
    insert: db.prepare(`
      insert into functions (id, name, description, disabled, retention_days, cron_schedule, cron_status,
        cron_catch_up, save_response, allow_same_origin, created_at, updated_at, active_version, last_version,
        slug, front_door)
      values (:id, :name, :description, :disabled, :retentionDays, :cronSchedule, :cronStatus,
        :cronCatchUp, :saveResponse, :allowSameOrigin, :createdAt, :updatedAt, :activeVersion, :lastVersion,
        :slug, :frontDoor)`),
    insertVersion: db.prepare(`
      insert into versions (function, version, created_at, code, created_by, message, "commit", requires)
      values (:rowId, :version, :createdAt, :code, :createdBy, :message, :commit, :requires)`),
    nextVersion: db
      .prepare<[number], number>(
        'update functions set last_version = last_version + 1 where seq = ? returning last_version'
      )
      .pluck(),
    activateLast: db.prepare<[number]>(
      'update functions set active_version = last_version where seq = ?'
    ),
    hide: db.prepare<[string, number]>(
      'update functions set id = ?, slug = null, disabled = 1 where seq = ?'
    ),
    setUpdated: db.prepare<[number, number]>('update functions set updated_at = ? where seq = ?'),
    setSlug: db.prepare<[string | null, number]>('update functions set slug = ? where seq = ?'),
    setFrontDoor: db.prepare<[string | null, number]>(
      'update functions set front_door = ? where seq = ?'
    ),
    setters: prepareSetters(db)
  }
}

/** One statement for each field of a patch. The columns come from our own list, never from a caller. */
const prepareSetters = (db: Database) =>
  (Object.keys(patchColumns) as PlainPatchKey[]).map(name => ({
    name,
    statement: db.prepare(`update functions set ${patchColumns[name]} = ? where seq = ?`)
  }))
