/**
 * Lists of a function's executions, newest first. Totals by status, trigger and version come from the counters; those
 * of a time range are counted in it. A text is looked for here, in slices from the newest on, for a limited time: so
 * it is found as on SQLite, in any case and in errors as people read them.
 */
import type { ExecutionFilter } from '../../../../core/contracts/executions.js'
import type { Page, Paged } from '../../../../core/contracts/page.js'
import type { ExecutionRecord } from '../../../../core/contracts/records.js'
import { errorMessageOf } from '../../../../core/lua-advice/error-text.js'
import { foldCase } from '../../db/text-functions.js'
import { idBound } from '../../executions/id-skew.js'
import { toStatusNumber } from '../../executions/rows.js'
import type { Session } from '../db/transaction.js'
import { texts, type SqlValue } from '../db/values.js'
import { listedColumns, toExecution, visible, type ExecutionRow } from './columns.js'

const TEXT_BUDGET_MS = 120
const FIRST_SLICE = 100
const MAX_SLICE = 5_000
const SLICE_MS = 20

interface Conditions {
  readonly sql: string
  readonly values: SqlValue[]
}

interface FunctionOfList {
  readonly seq: number
  readonly skew: number
}

export async function listExecutions(
  session: Session,
  functionId: string,
  page: Page,
  filter: ExecutionFilter
): Promise<Paged<ExecutionRecord>> {
  const fn = await session.get<FunctionOfList>(
    'select seq, id_skew as skew from functions where id = $1',
    functionId
  )
  const { from, to, text = '' } = filter
  if (fn === undefined || (from !== undefined && to !== undefined && from > to)) {
    return { rows: [], total: 0 }
  }
  const conditions = toConditions(fn, filter)
  if (text !== '') return searchTexts(session, conditions, page, foldCase(text))
  return session.page(
    {
      sql: `select ${listedColumns} ${visible} ${conditions.sql} order by e.id desc
        limit $${conditions.values.length + 1} offset $${conditions.values.length + 2}`,
      values: [...conditions.values, page.limit, page.offset]
    },
    isCounted(filter)
      ? toSum(fn, filter)
      : { sql: `select count(*) as total ${visible} ${conditions.sql}`, values: conditions.values },
    toExecution
  )
}

/** Whether the counters know the total. */
const isCounted = ({ from, to, errorKind, jobId }: ExecutionFilter): boolean =>
  from === undefined && to === undefined && errorKind === undefined && jobId === undefined

const toSum = ({ seq }: FunctionOfList, { version, trigger, status }: ExecutionFilter) => ({
  sql: `select coalesce(sum(total), 0) as total from execution_counts
    where function = $1 and ($2::int8 is null or version = $2) and ($3::text is null or trigger = $3)
      and ($4::int is null or status = $4)`,
  values: [
    seq,
    version ?? null,
    trigger ?? null,
    status === undefined ? null : toStatusNumber(status)
  ]
})

function toConditions({ seq, skew }: FunctionOfList, filter: ExecutionFilter): Conditions {
  const { status, trigger, version, jobId, from, to, errorKind } = filter
  const values: SqlValue[] = [seq]
  const parts = ['e.function = $1']
  const add = (condition: string, value: SqlValue): void => {
    values.push(value)
    parts.push(condition.replace('?', `$${values.length}`))
  }
  if (status !== undefined) add('e.status = ?', toStatusNumber(status))
  if (trigger !== undefined && trigger !== '') add('e.trigger = ?', trigger)
  if (version !== undefined) add('e.version = ?::int8', version)
  if (jobId !== undefined && jobId !== '') add('e.job_id = ?', jobId)
  if (errorKind !== undefined) {
    parts.push('e.status = 2')
    add('e.fault_kind = ?', errorKind)
  }
  if (from !== undefined) {
    add('e.created_at >= ?', Math.ceil(from))
    add('e.id >= ?', idBound(Math.floor(from) - skew))
  }
  if (to !== undefined) {
    add('e.created_at <= ?', Math.floor(to))
    add('e.id < ?', idBound(Math.floor(to) + skew + 1))
  }
  return { sql: parts.map(part => ` and ${part}`).join(''), values }
}

interface TextRow {
  readonly id: string
  readonly error: string | null
}

/** Ids of those that hold the text, as far as the time allows. */
async function searchTexts(
  session: Session,
  { sql, values }: Conditions,
  { limit, offset }: Page,
  text: string
): Promise<Paged<ExecutionRecord>> {
  const since = performance.now()
  const found: string[] = []
  let before = '~'
  let size = FIRST_SLICE
  let hasEnded = false
  while (!hasEnded && performance.now() - since <= TEXT_BUDGET_MS) {
    const began = performance.now()
    const n = values.length
    const rows = await session.all<TextRow>(
      `select e.id, case when e.status = 2 then e.error_message end as error
       ${visible} ${sql} and e.id < $${n + 1} order by e.id desc limit $${n + 2}`,
      ...values,
      before,
      size
    )
    found.push(...(await matching(session, rows, text)))
    hasEnded = rows.length < size
    before = rows.at(-1)?.id ?? before
    const growth = Math.min(4, SLICE_MS / Math.max(1, performance.now() - began))
    size = Math.min(MAX_SLICE, Math.max(10, Math.ceil(size * growth)))
  }
  const ids = found.slice(offset, offset + limit)
  const rows =
    ids.length === 0
      ? []
      : await session.all<ExecutionRow>(
          `select ${listedColumns} ${visible} and e.id = any($1::text[]) order by e.id desc`,
          texts(ids)
        )
  const listed = { rows: rows.map(toExecution), total: found.length }
  return hasEnded ? listed : { ...listed, partial: true }
}

async function matching(
  session: Session,
  rows: readonly TextRow[],
  text: string
): Promise<string[]> {
  const holds = (value: string): boolean => foldCase(value).includes(text)
  const inErrors = new Set(
    rows.filter(({ error }) => error !== null && holds(errorMessageOf(error))).map(({ id }) => id)
  )
  const rest = rows.filter(({ id }) => !inErrors.has(id)).map(({ id }) => id)
  const logs =
    rest.length === 0
      ? []
      : await session.all<{ readonly execution: string; readonly message: string }>(
          'select execution, message from logs where execution = any($1::text[])',
          texts(rest)
        )
  const inLogs = new Set(logs.filter(({ message }) => holds(message)).map(log => log.execution))
  return rows.filter(({ id }) => inErrors.has(id) || inLogs.has(id)).map(({ id }) => id)
}
