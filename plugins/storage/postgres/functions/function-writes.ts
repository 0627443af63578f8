/** Changes of functions, within a transaction that has locked them. */
import type { FrontDoor, Route } from '../../../../core/contracts/front-door.js'
import type { FunctionChange, FunctionPatch } from '../../../../core/contracts/functions.js'
import type { FunctionRecord } from '../../../../core/contracts/records.js'
import { applyFrontDoorChange } from '../../../../core/validation/front-door/change.js'
import { checkRoutes, checkSlug } from '../../functions/claims.js'
import {
  formatFrontDoor,
  parseFrontDoor,
  patchColumns,
  toStored,
  toVersionColumns,
  type FunctionRow,
  type NewVersion,
  type PlainPatchKey
} from '../../functions/function-rows.js'
import type { Session } from '../db/transaction.js'
import type { SqlValue } from '../db/values.js'
import { present } from './function-reads.js'

/** Returns its row id. Throws CONFLICT. */
export async function insertFunction(
  session: Session,
  fn: FunctionRecord,
  versions: readonly NewVersion[],
  { active, last }: { active: number | null; last: number }
): Promise<number> {
  await checkAddresses(session, fn.id, fn.slug, fn.frontDoor?.routes)
  const row = await session.get<{ seq: number }>(
    `insert into functions (id, name, description, disabled, retention_days, cron_schedule, cron_status, cron_catch_up,
       save_response, allow_same_origin, created_at, updated_at, active_version, last_version, slug)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) returning seq`,
    fn.id,
    fn.name,
    fn.description ?? null,
    Number(fn.disabled),
    fn.retentionDays ?? null,
    fn.cronSchedule ?? null,
    fn.cronStatus,
    Number(fn.cronCatchUp),
    Number(fn.saveResponse),
    Number(fn.allowSameOrigin),
    fn.createdAt,
    fn.updatedAt,
    active,
    last,
    fn.slug ?? null
  )
  const seq = row?.seq ?? 0
  if (fn.frontDoor !== undefined) await setFrontDoor(session, seq, fn.frontDoor)
  if (versions.length > 0) await session.run(versions.map(version => toInsert(seq, version)))
  return seq
}

/** Returns the number of the version that it made. Throws CONFLICT. */
export async function changeFunction(
  session: Session,
  seq: number,
  id: string,
  { patch, code, activate = true, origin, now }: FunctionChange
): Promise<number | undefined> {
  const { slug, frontDoor } = patch
  await checkAddresses(session, id, slug === '' ? undefined : slug, frontDoor?.routes ?? undefined)
  await applyPatch(session, seq, patch, now)
  if (frontDoor !== undefined) {
    const row = await session.get<{ front_door: string | null }>(
      'select front_door from functions where seq = $1',
      seq
    )
    const before = parseFrontDoor(row?.front_door ?? null)
    await setFrontDoor(session, seq, applyFrontDoorChange(before, frontDoor))
  }
  if (code === undefined) return undefined
  const next = await session.get<{ version: number }>(
    `update functions set last_version = last_version + 1,
       active_version = case when $2 then last_version + 1 else active_version end
     where seq = $1 returning last_version as version`,
    seq,
    activate
  )
  if (next === undefined) throw new Error('the function of a new version is gone')
  await session.run([toInsert(seq, { version: next.version, createdAt: now, code, ...origin })])
  return next.version
}

/** The columns come from our own list, never from a caller. */
async function applyPatch(
  session: Session,
  seq: number,
  patch: FunctionPatch,
  now: number
): Promise<void> {
  const values: SqlValue[] = [seq, now]
  const sets = ['updated_at = $2', 'changes = changes + 1']
  const set = (column: string, value: SqlValue): void => {
    values.push(value)
    sets.push(`${column} = $${values.length}`)
  }
  for (const name of Object.keys(patchColumns) as PlainPatchKey[]) {
    if (name in patch) set(patchColumns[name], toStored(patch[name]))
  }
  if (patch.slug !== undefined) set('slug', patch.slug === '' ? null : patch.slug)
  await session.change(`update functions set ${sets.join(', ')} where seq = $1`, ...values)
}

async function setFrontDoor(
  session: Session,
  seq: number,
  frontDoor: FrontDoor | undefined
): Promise<void> {
  await session.change(
    `update functions set front_door = $2, kv_bytes = $3, history_bytes = $4, max_concurrency = $5 where seq = $1`,
    seq,
    formatFrontDoor(frontDoor),
    frontDoor?.kv_bytes ?? null,
    frontDoor?.history_bytes ?? null,
    frontDoor?.max_concurrency ?? null
  )
}

function toInsert(seq: number, made: NewVersion) {
  const { version, createdAt, code, createdBy, message, commit, requires } = toVersionColumns(made)
  return {
    sql: `insert into versions (function, version, created_at, code, created_by, message, commit, requires)
      values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    values: [seq, version, createdAt, code, createdBy, message, commit, requires]
  }
}

/** Throws CONFLICT when another function has the slug or one of the patterns. */
async function checkAddresses(
  session: Session,
  id: string,
  slug: string | undefined,
  routes: readonly Route[] | undefined
): Promise<void> {
  if (slug === undefined && routes === undefined) return
  // One at a time decides who gets an address.
  await session.run([{ sql: 'select pg_advisory_xact_lock(79, 0)', values: [] }])
  if (slug !== undefined) {
    const owner = await session.get<FunctionRow>(
      'select id, name from functions where slug = $1',
      slug
    )
    checkSlug(owner, slug, id)
  }
  if (routes === undefined) return
  const others = await session.all<FunctionRow>(
    `select f.id, f.name, f.front_door as "frontDoor" from functions f
     where f.front_door is not null and ${present} and f.id <> $1 order by f.seq`,
    id
  )
  checkRoutes(others, routes, id)
}
