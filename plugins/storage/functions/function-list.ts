/** Pages of functions: all of them, or those that a search finds. */
import type { Database, Statement } from 'better-sqlite3'
import type { FunctionOrder, ListedFunction } from '../../../core/contracts/functions.js'
import type { Page, Paged } from '../../../core/contracts/page.js'
import { LongRead, type ReadParts } from '../db/long-read.js'
import { foldCase } from '../db/text-functions.js'
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
) => Promise<Paged<ListedFunction>>

interface ListedRow extends ActiveRow {
  readonly rowId: number
}

type FoundStatement = Statement<[Partial<Parameters>], number>
type Parameters = { search: string; only: string; limit: number; offset: number }

interface Parts extends ReadParts {
  readonly db: Database
  readonly revisions: Revisions
}

/** A search among more functions than these is made in the reading thread. */
const MANY = 500

export function createFunctionList({ db, revisions, ...parts }: Parts): ListFunctions {
  const { batch } = parts
  const { countOf, pageOf, foundOf, ofRowIds } = prepareLists(db)
  const names = db
    .prepare<[number], string>('select name from env where function = ? order by name')
    .pluck()
  const toListed = (row: ListedRow): ListedFunction => ({
    ...toFunctionWithVersion(row),
    revision: revisions.of(row.rowId),
    variableNames: names.all(row.rowId)
  })

  const findAll = async (statement: FoundStatement, asked: Partial<Parameters>) => {
    const read = new LongRead(parts)
    const count = await batch.read(() => countOf('1').get({}) ?? 0)
    if (count > MANY) await read.leave()
    return read.all(statement, asked)
  }

  return async ({ limit, offset }, text = '', order, only) => {
    const isSearch = text !== ''
    const where = [present, ...(isSearch ? [matching] : []), ...(only ? [allowed] : [])].join(
      ' and '
    )
    const asked = {
      ...(isSearch ? { search: foldCase(text) } : {}),
      ...(only ? { only: JSON.stringify(only) } : {})
    }
    const orderBy = toOrderBy(order, isSearch)
    if (isSearch) {
      const found = await findAll(foundOf(where, orderBy), asked)
      const wanted = JSON.stringify(found.slice(offset, offset + limit))
      const rows = await batch.read(() => ofRowIds.all(wanted).map(toListed))
      return { rows, total: found.length }
    }
    return batch.read(() => ({
      rows: pageOf(where, orderBy)
        .all({ ...asked, limit, offset })
        .map(toListed),
      total: countOf(where).get(asked) ?? 0
    }))
  }
}

function prepareLists(db: Database) {
  return {
    countOf: keep(where =>
      db
        .prepare<Partial<Parameters>, number>(`select count(*) from functions f where ${where}`)
        .pluck()
    ),
    pageOf: keep((where, orderBy) =>
      db.prepare<Partial<Parameters>, ListedRow>(
        // No code is read to bring them in order.
        `select f.seq as rowId, ${activeColumns} ${source}
         where f.seq in (select f.seq from functions f where ${where} order by ${orderBy} limit :limit offset :offset)
         order by ${orderBy}`
      )
    ),
    /** All that a search finds: looking at every name once gives page and total. */
    foundOf: keep((where, orderBy) =>
      db
        .prepare<Partial<Parameters>, number>(
          `select f.seq from functions f where ${where} order by ${orderBy}`
        )
        .pluck()
    ),
    /** Without those that were removed since they were found. */
    ofRowIds: db.prepare<[string], ListedRow>(
      `select f.seq as rowId, ${activeColumns}
       ${source.replace('from', 'from json_each(?) wanted cross join')}
       where f.seq = wanted.value and ${present} order by wanted.key`
    )
  }
}

/** Prepares a statement when it is first asked for. */
function keep<T>(
  prepare: (where: string, orderBy: string) => T
): (where: string, orderBy?: string) => T {
  const kept = new Map<string, T>()
  return (where, orderBy = '') => {
    const name = `${where} ${orderBy}`
    const statement = kept.get(name) ?? prepare(where, orderBy)
    kept.set(name, statement)
    return statement
  }
}
