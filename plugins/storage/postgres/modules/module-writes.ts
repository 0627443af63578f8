/** Changes of modules, within a transaction that holds the lock of all modules. */
import type { ModuleChange, NewModule } from '../../../../core/contracts/modules.js'
import { requirersOf } from '../../modules/dependents.js'
import { nameTaken, stillRequired } from '../../modules/module-conflicts.js'
import {
  toModuleVersionColumns,
  type ChangedModule,
  type NewModuleVersion
} from '../../modules/module-rows.js'
import type { Session } from '../db/transaction.js'
import { readRequiring } from './module-reads.js'

/** One change of modules at a time: they depend on each other by names. */
export const lockModules = async (session: Session): Promise<void> => {
  await session.run([{ sql: 'select pg_advisory_xact_lock(79, 3)', values: [] }])
}

export const findModule = async (session: Session, id: string): Promise<number | undefined> =>
  (await session.get<{ seq: number }>('select seq from modules where id = $1', id))?.seq

/** Returns its row id. Throws CONFLICT when another module has the name. */
export async function insertModule(
  session: Session,
  { id, name, description, code, origin, now }: NewModule
): Promise<number> {
  await checkName(session, name, id)
  const row = await session.get<{ seq: number }>(
    `insert into modules (id, name, description, created_at, updated_at, active_version, last_version)
     values ($1, $2, $3, $4, $4, 1, 1) returning seq`,
    id,
    name,
    description ?? null,
    now
  )
  const seq = row?.seq ?? 0
  await insertVersion(session, seq, { version: 1, code, createdAt: now, origin })
  return seq
}

/** Throws CONFLICT when another module has the name. */
export async function changeModule(
  session: Session,
  seq: number,
  { patch, code, activate = true, origin, now }: ModuleChange,
  before?: string
): Promise<ChangedModule> {
  const { name, description } = patch
  const nameBefore = before ?? (await nameOf(session, seq))
  if (name !== undefined) {
    const row = await session.get<{ id: string }>('select id from modules where seq = $1', seq)
    await checkName(session, name, row?.id ?? '')
  }
  await session.change(
    `update modules set name = coalesce($2, name), description = coalesce($3, description), updated_at = $4,
       changes = changes + 1 where seq = $1`,
    seq,
    name ?? null,
    description ?? null,
    now
  )
  const names = [...new Set([nameBefore, name ?? nameBefore])]
  if (code === undefined) return { names, version: undefined }
  const next = await session.get<{ version: number }>(
    `update modules set last_version = last_version + 1,
       active_version = case when $2 then last_version + 1 else active_version end
     where seq = $1 returning last_version as version`,
    seq,
    activate
  )
  if (next === undefined) throw new Error('the module of a new version is gone')
  const { version } = next
  await insertVersion(session, seq, { version, code, createdAt: now, origin })
  return { names, version }
}

/** Gives the name up until `changeModule` gives it one. */
export async function setAside(session: Session, seq: number): Promise<string> {
  const name = await nameOf(session, seq)
  await session.change('update modules set name = $1 where seq = $2', `renamed ${seq}`, seq)
  return name
}

export async function nameOf(session: Session, seq: number): Promise<string> {
  const row = await session.get<{ name: string }>('select name from modules where seq = $1', seq)
  if (row === undefined) throw new Error(`the module ${seq} is gone`)
  return row.name
}

/** Throws CONFLICT when one of these names has no module any more, and something requires it. */
export async function refuseMissing(session: Session, names: readonly string[]): Promise<void> {
  const requiring = await readRequiring(session)
  for (const name of names) {
    const there = await session.get('select 1 as one from modules where name = $1', name)
    if (there !== undefined) continue
    const requirers = requirersOf(requiring, name)
    if (requirers.length > 0) throw stillRequired(name, requirers)
  }
}

async function checkName(session: Session, name: string, id: string): Promise<void> {
  const owner = await session.get<{ id: string; name: string }>(
    'select id, name from modules where lower(name) = lower($1::text collate "C")',
    name
  )
  if (owner !== undefined && owner.id !== id) throw nameTaken(name, owner)
}

async function insertVersion(session: Session, seq: number, made: NewModuleVersion): Promise<void> {
  const columns = toModuleVersionColumns(made)
  await session.change(
    `insert into module_versions (module, version, created_at, code, created_by, message, commit, requires, exports)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    seq,
    columns.version,
    columns.createdAt,
    columns.code,
    columns.createdBy,
    columns.message,
    columns.commit,
    columns.requires,
    columns.exports
  )
}
