/** Pages of modules, all or those that a search finds: of all of them the names are read, of a page the rest. */
import type { ModuleOrder, ModuleSnapshot } from '../../../../core/contracts/modules.js'
import type { Page, Paged } from '../../../../core/contracts/page.js'
import { foldCase } from '../../db/text-functions.js'
import { requirersOf, toRequiring, type RequiringRow } from '../../modules/dependents.js'
import {
  parseExports,
  parseNames,
  toActiveVersion,
  toModule,
  type ActiveModuleRow
} from '../../modules/module-rows.js'
import type { Session } from '../db/transaction.js'
import { integers } from '../db/values.js'
import {
  activeColumns,
  requiringSql,
  source,
  stateSql,
  toRevision,
  withoutAny
} from './module-reads.js'

interface NamedRow {
  readonly rowId: number
  readonly id: string
  readonly name: string
  readonly description: string | null
}

/** Constants: no text of a caller gets into a statement. */
const orders: Readonly<Record<ModuleOrder['sort'], string>> = {
  name: 'lower(m.name)',
  created_at: 'm.created_at',
  updated_at: 'm.updated_at'
}

export async function listModules(
  session: Session,
  { limit, offset }: Page,
  search = '',
  { sort, order }: ModuleOrder = { sort: 'name', order: 'asc' }
): Promise<Paged<ModuleSnapshot>> {
  const direction = order === 'asc' ? 'asc' : 'desc'
  const all = await session.all<NamedRow>(
    `select m.seq as "rowId", m.id, m.name, m.description from modules m
     order by ${orders[sort]} ${direction}, m.seq ${direction}`
  )
  const text = foldCase(search)
  const found = all.filter(
    ({ name, description }) =>
      foldCase(name).includes(text) || foldCase(description ?? '').includes(text)
  )
  const page = found.slice(offset, offset + limit).map(({ rowId }) => rowId)
  const ids = new Map(all.map(({ name, id }) => [name, id]))
  return { rows: await readPage(session, page, ids), total: found.length }
}

/** In the order of `rowIds`; `ids` of all modules by their names. */
async function readPage(
  session: Session,
  rowIds: readonly number[],
  ids: ReadonlyMap<string, string>
): Promise<ModuleSnapshot[]> {
  if (rowIds.length === 0) return []
  const values = [integers(rowIds)]
  const [modules, states, requiring] = await session.run([
    { sql: `select ${activeColumns} ${source} where m.seq = any($1::int8[])`, values },
    { sql: `${stateSql} where m.seq = any($1::int8[])`, values },
    { sql: requiringSql, values: [] }
  ])
  const rows = byRowId<ActiveModuleRow>(modules?.rows)
  const texts = byRowId<{ rowId: number; text: string }>(states?.rows)
  const all = toRequiring((requiring?.rows ?? []) as unknown as RequiringRow[])
  return rowIds.flatMap(rowId => {
    const row = rows.get(rowId)
    // It was removed since its name was read.
    if (row === undefined) return []
    const wanted = withoutAny(parseNames(row.requires))
    return {
      module: toModule(row),
      active: toActiveVersion(row),
      exports: parseExports(row.exports),
      requires: wanted.map(name => ({ name, id: ids.get(name) })),
      requiredBy: requirersOf(all, row.name),
      revision: toRevision(texts.get(rowId)?.text ?? '')
    }
  })
}

const byRowId = <Row extends { readonly rowId: number }>(rows: readonly unknown[] = []) =>
  new Map((rows as readonly Row[]).map(row => [row.rowId, row]))
