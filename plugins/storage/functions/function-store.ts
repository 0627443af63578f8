/** FunctionStore on SQLite. */
import type { Database } from 'better-sqlite3'
import type { FunctionPatch, FunctionStore } from '../../../core/contracts/functions.js'
import type { Batch } from '../db/batch.js'
import type { ChangeFeed } from '../db/change-feed.js'
import { foldCase } from '../executions/filter.js'
import type { FunctionRowIds } from './function-row-ids.js'
import {
  activeColumns,
  functionColumns,
  patchColumns,
  toFunctionWithVersion,
  toScheduled,
  toStored,
  type ActiveRow,
  type ScheduledRow
} from './function-rows.js'
import type { Purges } from '../executions/purges.js'
import type { Revisions } from './revisions.js'

interface Parts {
  readonly db: Database
  readonly batch: Batch
  readonly rowIds: FunctionRowIds
  readonly purges: Purges
  readonly changes: ChangeFeed
  readonly revisions: Revisions
}

const source =
  'from functions f left join versions v on v.function = f.seq and v.version = f.active_version'
/** Removed functions wait for their purge under another id. */
const present = 'f.seq not in (select function from purges where version = 0)'
const matching = '(contains_text(f.name, :search) or contains_text(f.description, :search))'

type Variables = Readonly<Record<string, string>>

export function createFunctionStore(
  { db, batch, rowIds, purges, changes, revisions }: Parts,
  variablesOf: (functionRowId: number, functionId: string) => Variables
): FunctionStore {
  const find = db.prepare<[string], ActiveRow>(`select ${activeColumns} ${source} where f.id = ?`)
  const list = db.prepare<[number, number], ActiveRow>(
    `select ${activeColumns} ${source} where ${present} order by f.created_at desc, f.seq desc limit ? offset ?`
  )
  const count = db.prepare<[], number>(`select count(*) from functions f where ${present}`).pluck()
  const search = db.prepare<{ search: string; limit: number; offset: number }, ActiveRow>(
    `select ${activeColumns} ${source} where ${present} and ${matching}
    order by contains_text(f.name, :search) desc, f.created_at desc, f.seq desc limit :limit offset :offset`
  )
  const countMatching = db
    .prepare<{ search: string }, number>(
      `select count(*) from functions f where ${present} and ${matching}`
    )
    .pluck()
  const scheduled = db.prepare<[], ScheduledRow>(`
    select ${functionColumns}, f.last_cron_at as lastCronAt from functions f
    where f.cron_schedule <> '' and f.cron_status = 'active' and f.disabled = 0 order by f.seq`)
  const insert = db.prepare(`
    insert into functions (id, name, description, disabled, retention_days, cron_schedule, cron_status, cron_catch_up, save_response, allow_same_origin, created_at, updated_at, active_version, last_version)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const insertVersion = db.prepare(
    'insert into versions (function, version, created_at, code) values (?, ?, ?, ?)'
  )
  const nextVersion = db
    .prepare<[number], number>(
      'update functions set last_version = last_version + 1 where seq = ? returning last_version'
    )
    .pluck()
  const activateLast = db.prepare<[number]>(
    'update functions set active_version = last_version where seq = ?'
  )
  const hide = db.prepare<[string, number]>(
    'update functions set id = ?, disabled = 1 where seq = ?'
  )
  // One statement for each part of a patch: the names come from the list above, never from a caller.
  const setters = new Map(
    (Object.keys(patchColumns) as (keyof FunctionPatch)[]).map(
      name =>
        [name, db.prepare(`update functions set ${patchColumns[name]} = ? where seq = ?`)] as const
    )
  )
  const setUpdated = db.prepare<[number, number]>(
    'update functions set updated_at = ? where seq = ?'
  )

  const findNow = (id: string) => {
    const row = find.get(id)
    return row === undefined ? undefined : toFunctionWithVersion(row)
  }

  const snapshotNow = (id: string) => {
    const key = rowIds.find(id)
    const found = key === undefined ? undefined : findNow(id)
    return key === undefined || found === undefined
      ? undefined
      : { ...found, variables: variablesOf(key, id), revision: revisions.of(key) }
  }

  return {
    create: ({ id, name, description, code, now }) =>
      batch.transaction(() => {
        const { lastInsertRowid } = insert.run(
          id,
          name,
          description ?? null,
          0,
          null,
          null,
          'paused',
          0,
          0,
          0,
          now,
          now,
          1,
          1
        )
        insertVersion.run(lastInsertRowid, 1, now, code)
        changes.changed(id)
        const created = snapshotNow(id)
        if (created === undefined) throw new Error(`the function ${id} cannot be read back`)
        return created
      }),
    find: id => batch.read(() => findNow(id)),
    snapshot: id => batch.read(() => snapshotNow(id)),
    list: ({ limit, offset }, text = '') =>
      batch.read(() => {
        if (text === '') {
          return {
            rows: list.all(limit, offset).map(toFunctionWithVersion),
            total: count.get() ?? 0
          }
        }
        const folded = foldCase(text)
        return {
          rows: search.all({ search: folded, limit, offset }).map(toFunctionWithVersion),
          total: countMatching.get({ search: folded }) ?? 0
        }
      }),
    update: (id, { patch, code, activate = true, now }, mayChange) =>
      batch.transaction(() => {
        const key = rowIds.find(id)
        if (key === undefined) return false
        revisions.check(key, mayChange)
        for (const [name, setter] of setters) {
          if (name in patch) setter.run(toStored(patch[name]), key)
        }
        if (code !== undefined) insertVersion.run(key, nextVersion.get(key), now, code)
        if (code !== undefined && activate) activateLast.run(key)
        setUpdated.run(now, key)
        revisions.count(key)
        changes.changed(id)
        return revisions.of(key)
      }),
    restore: (fn, versions) =>
      batch.transaction(() => {
        if (rowIds.find(fn.id) !== undefined) return false
        const active = versions.find(({ isActive }) => isActive)?.version ?? null
        const last = versions.reduce((greatest, { version }) => Math.max(greatest, version), 0)
        const { lastInsertRowid } = insert.run(
          fn.id,
          fn.name,
          toStored(fn.description),
          toStored(fn.disabled),
          toStored(fn.retentionDays),
          toStored(fn.cronSchedule),
          fn.cronStatus,
          toStored(fn.cronCatchUp),
          toStored(fn.saveResponse),
          toStored(fn.allowSameOrigin),
          fn.createdAt,
          fn.updatedAt,
          active,
          last
        )
        for (const { version, createdAt, code } of versions) {
          insertVersion.run(lastInsertRowid, version, createdAt, code)
        }
        changes.changed(fn.id)
        return true
      }),
    remove: (id, mayChange) =>
      batch.transaction(() => {
        const key = rowIds.find(id)
        if (key === undefined) return false
        revisions.check(key, mayChange)
        hide.run(`removed ${key}`, key)
        purges.add(key, 0)
        rowIds.forget(id)
        changes.changed(id)
        return true
      }),
    listScheduled: () => batch.read(() => scheduled.all().map(toScheduled)),
    onChange: changes.onChange
  }
}
