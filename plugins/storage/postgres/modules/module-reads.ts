/** What is read of modules, and of what requires them. */
import { createHash } from 'node:crypto'
import type { RequiredModule } from '../../../../core/contracts/functions.js'
import type { ModuleSnapshot } from '../../../../core/contracts/modules.js'
import { ANY_MODULE } from '../../../../core/lua-source/requires.js'
import {
  requirersOf,
  toRequiring,
  type Requiring,
  type RequiringRow
} from '../../modules/dependents.js'
import {
  parseExports,
  parseNames,
  toActiveVersion,
  toModule,
  type ActiveModuleRow
} from '../../modules/module-rows.js'
import { activeColumns as columns, source } from '../../modules/module-statements.js'
import { quoteNames } from '../db/sql-text.js'
import type { Session } from '../db/transaction.js'
import { texts } from '../db/values.js'

export { source }
export const activeColumns = quoteNames(columns)

/** Everything whose active version requires a module, functions first. */
export const readRequiring = async (session: Session): Promise<Requiring[]> =>
  toRequiring(await session.all<RequiringRow>(requiringSql))

export const requiringSql = `
  select 'function' as kind, f.id, f.name, v.requires
  from versions v join functions f on f.seq = v.function and f.active_version = v.version
  where v.requires <> '[]' and not f.removed
  union all
  select 'module', m.id, m.name, v.requires
  from module_versions v join modules m on m.seq = v.module and m.active_version = v.version
  where v.requires <> '[]'`

/** The modules of these names, for people to see. */
export async function toRequired(
  session: Session,
  names: readonly string[]
): Promise<RequiredModule[]> {
  const wanted = withoutAny(names)
  if (wanted.length === 0) return []
  const rows = await session.all<{ id: string; name: string }>(
    'select id, name from modules where name = any($1::text[])',
    texts(wanted)
  )
  const ids = new Map(rows.map(({ id, name }) => [name, id]))
  return wanted.map(name => ({ name, id: ids.get(name) }))
}

/** Those that are meant by a constant name. */
export const withoutAny = (names: readonly string[]): string[] =>
  names.filter(name => name !== ANY_MODULE)

export async function toSnapshot(session: Session, row: ActiveModuleRow): Promise<ModuleSnapshot> {
  return {
    module: toModule(row),
    active: toActiveVersion(row),
    exports: parseExports(row.exports),
    requires: await toRequired(session, parseNames(row.requires)),
    requiredBy: requirersOf(await readRequiring(session), row.name),
    revision: await moduleRevision(session, row.rowId)
  }
}

export async function moduleRevision(session: Session, seq: number): Promise<string> {
  const row = await session.get<StateRow>(`${stateSql} where m.seq = $1`, seq)
  return toRevision(row?.text ?? '')
}

interface StateRow {
  readonly rowId: number
  readonly text: string
}

export const stateSql = `
  select m.seq as "rowId",
    to_jsonb(m)::text || (select count(*) from module_versions v where v.module = m.seq)::text as text
  from modules m`

export const toRevision = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, 22)
