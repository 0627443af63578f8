/** Statements on the audit. */
import type { Database } from 'better-sqlite3'
import type { AuditRow, NewAuditRow } from './audit-rows.js'

export interface FilterValues {
  readonly functionId?: string
  readonly actor?: string
  readonly from?: number
  readonly to?: number
}

type SliceValues = FilterValues & { readonly first: number; readonly before: number }
type PageOfSlice = SliceValues & { readonly skipped: number; readonly most: number }

/** Constants: no text of a caller gets into a statement. */
const conditions: Readonly<Record<keyof FilterValues, string>> = {
  functionId: 'function_id = :functionId',
  actor: '(actor_kind = :actor or actor_name = :actor or actor_id = :actor)',
  from: 'at >= :from',
  to: 'at <= :to'
}

const columns = `at, actor_kind as actorKind, actor_id as actorId, actor_name as actorName, via, ip, action,
  target_kind as targetKind, target_id as targetId, target_name as targetName, function_id as functionId,
  before, after`

const whereOf = (values: FilterValues): string =>
  ['1', ...Object.keys(values).map(name => conditions[name as keyof FilterValues])].join(' and ')

export function prepareAuditStatements(db: Database) {
  const preparePage = (where: string) =>
    db.prepare<FilterValues & { readonly limit: number; readonly offset: number }, AuditRow>(
      `select id, ${columns} from audit where ${where} order by id desc limit :limit offset :offset`
    )
  const prepareCount = (where: string) =>
    db.prepare<FilterValues, number>(`select count(*) from audit where ${where}`).pluck()
  // Without the sign the index by time would be read anew for each slice.
  const sliceOf = (where: string): string =>
    `from audit where ${where.replaceAll(/\bat /g, '+at ')} and id >= :first and id < :before`
  const prepareSlice = (where: string) =>
    db
      .prepare<PageOfSlice, number>(
        `select id ${sliceOf(where)} order by id desc limit :most offset :skipped`
      )
      .pluck()
  const prepareSliceCount = (where: string) =>
    db.prepare<SliceValues, number>(`select count(*) ${sliceOf(where)}`).pluck()
  const pages = keep(preparePage)
  const slices = keep(prepareSlice)
  const sliceCounts = keep(prepareSliceCount)
  const counts = keep(prepareCount)

  return {
    insert: db.prepare<NewAuditRow>(
      `insert into audit (at, actor_kind, actor_id, actor_name, via, ip, action, target_kind, target_id, target_name,
         function_id, before, after)
       values (:at, :actorKind, :actorId, :actorName, :via, :ip, :action, :targetKind, :targetId, :targetName,
         :functionId, :before, :after)`
    ),
    page: (values: FilterValues) => pages(whereOf(values)),
    count: (values: FilterValues) => counts(whereOf(values)),
    /** Ids of `most` that meet the conditions, newest first, behind `skipped` ones. */
    slice: (values: FilterValues) => slices(whereOf(values)),
    sliceCount: (values: FilterValues) => sliceCounts(whereOf(values)),
    ofIds: db.prepare<[string], AuditRow>(
      `select id, ${columns} from audit where id in (select value from json_each(?)) order by id desc`
    ),
    /** Each of both is looked up in the index; a condition on them would read all of it. Null: there are no entries. */
    bounds: db.prepare<
      [],
      { readonly least: number; readonly greatest: number } | { readonly least: null }
    >('select (select min(id) from audit) as least, (select max(id) from audit) as greatest'),
    removeOld: db.prepare<[number, number]>(
      'delete from audit where id in (select id from audit where at < ? order by at limit ?)'
    ),
    removeValues: db.prepare<[number]>(
      `delete from audit where id in (select id from audit where target_kind = 'value' order by id limit ?)`
    ),
    removeOldest: db.prepare<[number]>(
      'delete from audit where id in (select id from audit order by id limit ?)'
    )
  }
}

export type AuditStatements = ReturnType<typeof prepareAuditStatements>

/** Prepares a statement when it is first asked for. */
function keep<T>(prepare: (where: string) => T): (where: string) => T {
  const kept = new Map<string, T>()
  return where => {
    const statement = kept.get(where) ?? prepare(where)
    kept.set(where, statement)
    return statement
  }
}
