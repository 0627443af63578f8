/** Pages of modules, all or those that a search finds: to bring them in order no code is read. */
import type { Database } from 'better-sqlite3'
import type { ModuleOrder } from '../../../core/contracts/modules.js'
import type { Page, Paged } from '../../../core/contracts/page.js'
import { foldCase } from '../db/text-functions.js'
import type { ActiveModuleRow } from './module-rows.js'
import { activeColumns, source } from './module-statements.js'

const where =
  "where :search = '' or contains_text(m.name, :search) or contains_text(m.description, :search)"

/** Constants: no text of a caller gets into a statement. */
const columns: Readonly<Record<ModuleOrder['sort'], string>> = {
  name: 'm.name',
  created_at: 'm.created_at',
  updated_at: 'm.updated_at'
}

export type ListModules = (
  page: Page,
  search?: string,
  order?: ModuleOrder
) => Paged<ActiveModuleRow>

export function createModuleList(db: Database): ListModules {
  type Parameters = { search: string; limit: number; offset: number }
  const pages = new Map<string, ReturnType<typeof preparePage>>()
  const preparePage = (orderBy: string) =>
    db.prepare<Parameters, ActiveModuleRow>(
      `select ${activeColumns} ${source}
       where m.seq in (select m.seq from modules m ${where} order by ${orderBy} limit :limit offset :offset)
       order by ${orderBy}`
    )
  const count = db
    .prepare<Pick<Parameters, 'search'>, number>(`select count(*) from modules m ${where}`)
    .pluck()

  return ({ limit, offset }, text = '', { sort, order } = { sort: 'name', order: 'asc' }) => {
    const direction = order === 'asc' ? 'asc' : 'desc'
    const orderBy = `${columns[sort]} ${direction}, m.seq ${direction}`
    const page = pages.get(orderBy) ?? preparePage(orderBy)
    pages.set(orderBy, page)
    const search = foldCase(text)
    return { rows: page.all({ search, limit, offset }), total: count.get({ search }) ?? 0 }
  }
}
