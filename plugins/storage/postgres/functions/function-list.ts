/** Pages of functions: all of them, or those that a search finds. */
import type { FunctionOrder, ListedFunction } from '../../../../core/contracts/functions.js'
import type { Page, Paged } from '../../../../core/contracts/page.js'
import { foldCase } from '../../db/text-functions.js'
import { toFunctionWithVersion, type ActiveRow } from '../../functions/function-rows.js'
import type { Session } from '../db/transaction.js'
import { integers, texts, type SqlValue } from '../db/values.js'
import { present, source, withVersion } from './function-reads.js'
import { revisionsOf } from './revisions.js'

interface ListedRow extends ActiveRow {
  readonly seq: number
}
interface Searched {
  readonly seq: number
  readonly name: string
  readonly description: string | null
}

/** Constants: no text of a caller gets into a statement. Names are ordered in any case of ASCII letters. */
const orders: Readonly<Record<FunctionOrder['sort'], string>> = {
  name: 'lower(f.name collate "C") collate "C"',
  created_at: 'f.created_at',
  updated_at: 'f.updated_at'
}
const newestFirst = 'f.created_at desc, f.seq desc'

function toOrderBy(order: FunctionOrder | undefined): string {
  if (order === undefined) return newestFirst
  const direction = order.order === 'asc' ? 'asc' : 'desc'
  return `${orders[order.sort]} ${direction}, f.seq ${direction}`
}

export async function listFunctions(
  session: Session,
  page: Page,
  { text = '', order, only }: { text?: string; order?: FunctionOrder; only?: readonly string[] }
): Promise<Paged<ListedFunction>> {
  const values: SqlValue[] = only === undefined ? [] : [texts(only)]
  const where = `${present}${only === undefined ? '' : ' and f.id = any($1::text[])'}`
  const orderBy = toOrderBy(order)
  if (text !== '') {
    const found = await search(session, foldCase(text), { where, values, orderBy }, order)
    const seqs = found.slice(page.offset, page.offset + page.limit)
    const rows = await session.all<ListedRow>(
      `select f.seq, ${withVersion} ${source} where f.seq = any($1::int8[])`,
      integers(seqs)
    )
    rows.sort((a, b) => seqs.indexOf(a.seq) - seqs.indexOf(b.seq))
    return { rows: await toListed(session, rows), total: found.length }
  }
  const n = values.length
  const { rows, total } = await session.page(
    {
      // No code is read to bring them in order.
      sql: `select f.seq, ${withVersion} ${source}
        where f.seq in (select f.seq from functions f where ${where} order by ${orderBy}
          limit $${n + 1} offset $${n + 2})
        order by ${orderBy}`,
      values: [...values, page.limit, page.offset]
    },
    { sql: `select count(*) as total from functions f where ${where}`, values },
    (row: ListedRow) => row
  )
  return { rows: await toListed(session, rows), total }
}

/** In any case, as JavaScript knows it; those with the text in their names first. */
async function search(
  session: Session,
  text: string,
  { where, values, orderBy }: { where: string; values: SqlValue[]; orderBy: string },
  order: FunctionOrder | undefined
): Promise<number[]> {
  const rows = await session.all<Searched>(
    `select f.seq, f.name, f.description from functions f where ${where} order by ${orderBy}`,
    ...values
  )
  const holds = (value: string | null): boolean => value !== null && foldCase(value).includes(text)
  const byName = rows.filter(({ name }) => holds(name))
  if (order !== undefined) {
    return rows.filter(row => holds(row.name) || holds(row.description)).map(({ seq }) => seq)
  }
  const others = rows.filter(row => !holds(row.name) && holds(row.description))
  return [...byName, ...others].map(({ seq }) => seq)
}

async function toListed(session: Session, rows: readonly ListedRow[]): Promise<ListedFunction[]> {
  if (rows.length === 0) return []
  const seqs = rows.map(({ seq }) => seq)
  const revisions = await revisionsOf(session, seqs)
  const names = await session.all<{ readonly function: number; readonly name: string }>(
    'select function, name from env where function = any($1::int8[]) order by name',
    integers(seqs)
  )
  return rows.map(row => ({
    ...toFunctionWithVersion(row),
    revision: revisions.get(row.seq) ?? '',
    variableNames: names.filter(one => one.function === row.seq).map(({ name }) => name)
  }))
}
