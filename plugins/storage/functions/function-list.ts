/** Pages of functions: all of them, or those that a search finds. */
import type { Database } from 'better-sqlite3'
import type { FunctionOrder, ListedFunction } from '../../../core/contracts/functions.js'
import type { Page, Paged } from '../../../core/contracts/page.js'
import { foldCase } from '../executions/filter.js'
import { activeColumns, toFunctionWithVersion, type ActiveRow } from './function-rows.js'
import { present, source } from './function-statements.js'
import type { Revisions } from './revisions.js'

const allowed = 'f.id in (select value from json_each(:only))'
const matching = '(contains_text(f.name, :search) or contains_text(f.description, :search))'

/** Constants: no text of a caller gets into a statement. */
const columns: Readonly<Record<FunctionOrder['sort'], string>> = {
  name: 'f.name collate nocase',
  created_at: 'f.created_at',
  updated_at: 'f.updated_at'
}
const newestFirst = 'f.created_at desc, f.seq desc'

function toOrderBy(order: FunctionOrder | undefined, isSearch: boolean): string {
  if (order === undefined) {
    return isSearch ? `contains_text(f.name, :search) desc, ${newestFirst}` : newestFirst
  }
  const direction = order.order === 'asc' ? 'asc' : 'desc'
  return `${columns[order.sort]} ${direction}, f.seq ${direction}`
}

export type ListFunctions = (
  page: Page,
  text?: string,
  order?: FunctionOrder,
  only?: readonly string[]
) => Paged<ListedFunction>

interface ListedRow extends ActiveRow {
  readonly rowId: number
}

export function createFunctionList(db: Database, revisions: Revisions): ListFunctions {
  type Parameters = { search: string; only: string; limit: number; offset: number }
  const counts = new Map<string, ReturnType<typeof prepareCount>>()
  const prepareCount = (where: string) =>
    db
      .prepare<Partial<Parameters>, number>(`select count(*) from functions f where ${where}`)
      .pluck()
  const countOf = (where: string) => {
    const count = counts.get(where) ?? prepareCount(where)
    counts.set(where, count)
    return count
  }
  const pages = new Map<string, ReturnType<typeof preparePage>>()
  const preparePage = (where: string, orderBy: string) =>
    db.prepare<Partial<Parameters>, ListedRow>(
      `select f.seq as rowId, ${activeColumns} ${source} where ${where} order by ${orderBy} limit :limit offset :offset`
    )
  const pageOf = (where: string, orderBy: string) => {
    const name = `${where} ${orderBy}`
    const page = pages.get(name) ?? preparePage(where, orderBy)
    pages.set(name, page)
    return page
  }

  const names = db
    .prepare<[number], string>('select name from env where function = ? order by name')
    .pluck()
  const toListed = (row: ListedRow): ListedFunction => ({
    ...toFunctionWithVersion(row),
    revision: revisions.of(row.rowId),
    variableNames: names.all(row.rowId)
  })

  return ({ limit, offset }, text = '', order, only) => {
    const isSearch = text !== ''
    const where = [present, ...(isSearch ? [matching] : []), ...(only ? [allowed] : [])].join(
      ' and '
    )
    const asked = {
      ...(isSearch ? { search: foldCase(text) } : {}),
      ...(only ? { only: JSON.stringify(only) } : {})
    }
    const rows = pageOf(where, toOrderBy(order, isSearch)).all({ ...asked, limit, offset })
    return { rows: rows.map(toListed), total: countOf(where).get(asked) ?? 0 }
  }
}
