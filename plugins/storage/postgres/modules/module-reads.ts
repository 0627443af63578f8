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
export async function readRequiring(session: Session): Promise<Requiring[]> {
  const rows = await session.all<RequiringRow>(`
    select 'function' as kind, f.id, f.name, v.requires
    from versions v join functions f on f.seq = v.function and f.active_version = v.version
    where v.requires <> '[]' and not f.removed
    union all
    select 'module', m.id, m.name, v.requires
    from module_versions v join modules m on m.seq = v.module and m.active_version = v.version
    where v.requires <> '[]'`)
  return toRequiring(rows)
}

/** The modules of these names, for people to see. */
export async function toRequired(
  session: Session,
  names: readonly string[]
): Promise<RequiredModule[]> {
  const wanted = names.filter(name => name !== ANY_MODULE)
  if (wanted.length === 0) return []
  const rows = await session.all<{ id: string; name: string }>(
    'select id, name from modules where name = any($1::text[])',
    texts(wanted)
  )
  const ids = new Map(rows.map(({ id, name }) => [name, id]))
  return wanted.map(name => ({ name, id: ids.get(name) }))
}

export async function toSnapshot(
  session: Session,
  row: ActiveModuleRow,
  requiring?: readonly Requiring[]
): Promise<ModuleSnapshot> {
  return {
    module: toModule(row),
    active: toActiveVersion(row),
    exports: parseExports(row.exports),
    requires: await toRequired(session, parseNames(row.requires)),
    requiredBy: requirersOf(requiring ?? (await readRequiring(session)), row.name),
    revision: await moduleRevision(session, row.rowId)
  }
}

export async function moduleRevision(session: Session, seq: number): Promise<string> {
  const row = await session.get<{ text: string }>(
    `select to_jsonb(m)::text || (select count(*) from module_versions v where v.module = m.seq)::text as text
     from modules m where m.seq = $1`,
    seq
  )
  return createHash('sha256')
    .update(row?.text ?? '')
    .digest('base64url')
    .slice(0, 22)
}
