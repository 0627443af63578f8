/**
 * Lists of a function's executions, newest first.
 *
 * Without a filter: one page from the index, and the total from the counters. With one, the function's entries
 * in `executions_by_function` are walked from the newest, in slices that take a few milliseconds each with the
 * event loop in between, so that even half a million of them hold up nobody. The index alone answers status,
 * trigger, version and time; totals for the first three come from the counters, so the walk ends with the page. A
 * time range is walked as a range of ids.
 *
 * A text has to be looked for in errors and logs themselves. An index for that (trigrams) would cost every run
 * several times its record; so the walk ends when it has worked for TEXT_BUDGET_MS, and the answer is marked
 * `partial`: newer executions were searched, `total` counts what was found. A narrower time range, status or
 * version lets it reach further back.
 */
import type { Database, Statement } from 'better-sqlite3'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ExecutionRecord } from '../../core/contracts/records.js'
import type { ExecutionFilter, Page, Paged } from '../../core/contracts/storage.js'
import type { Batch } from './batch.js'
import type { ExecutionCounts } from './execution-counts.js'
import { toConditions } from './execution-filter.js'
import type { IdSkew } from './id-skew.js'
import { executionColumns, toExecution, type ExecutionRow } from './execution-rows.js'

interface Parts { readonly db: Database, readonly batch: Batch, readonly counts: ExecutionCounts, readonly skew: IdSkew }

export interface ExecutionList {
  list (functionKey: number, page: Page, filter: ExecutionFilter, removedVersions: readonly number[]): Promise<Paged<ExecutionRecord>>
}

const SLICE_MS = 4
const TEXT_BUDGET_MS = 120
const FIRST_SLICE = 500
const LARGEST_SLICE = 20_000

type Values = Record<string, string | number>
interface Walk { readonly find: Statement<[Values], number>, readonly count: Statement<[Values], number>, readonly values: Values, readonly range: { readonly least: string, readonly before: string } }

export function createExecutionList ({ db, batch, counts, skew }: Parts): ExecutionList {
  const pageRows = db.prepare<[number, number, number], number>(`
    select seq from executions indexed by executions_by_function where function = ? order by id desc limit ? offset ?`).pluck()
  const pageFromEnd = db.prepare<[number, number, number], number>(`
    select seq from executions indexed by executions_by_function where function = ? order by id limit ? offset ?`).pluck()
  const sliceEnd = db.prepare<[number, string, string, number], string>(`
    select id from executions indexed by executions_by_function where function = ? and id < ? and id >= ? order by id desc limit 1 offset ?`).pluck()
  const records = db.prepare<[string], ExecutionRow>(`
    select ${executionColumns}, null as responseJson from executions e join functions f on f.seq = e.function
    where e.seq in (select value from json_each(?)) order by e.id desc`)
  const prepared = new Map<string, Pick<Walk, 'find' | 'count'>>()

  function prepareWalk (sql: string): Pick<Walk, 'find' | 'count'> {
    const known = prepared.get(sql)
    if (known !== undefined) return known
    const source = `from executions e indexed by executions_by_function where e.function = :function and e.id < :before and e.id >= :least${sql}`
    const walk = {
      find: db.prepare<[Values], number>(`select e.seq ${source} order by e.id desc`).pluck(),
      count: db.prepare<[Values], number>(`select count(*) ${source}`).pluck()
    }
    prepared.set(sql, walk)
    return walk
  }

  const readRecords = (rows: readonly number[]): ExecutionRecord[] => rows.length === 0 ? [] : records.all(JSON.stringify(rows)).map(toExecution)

  /** The nearer end of the index is the cheaper one to begin at. */
  function readPage (functionKey: number, { limit, offset }: Page, total: number): ExecutionRecord[] {
    if (offset <= total / 2) return readRecords(pageRows.all(functionKey, limit, offset))
    const rest = total - offset
    return rest <= 0 ? [] : readRecords(pageFromEnd.all(functionKey, Math.min(limit, rest), Math.max(0, rest - limit)))
  }

  async function walk (functionKey: number, page: Page, { find, count, values, range }: Walk, options: { countAll: boolean, budgetMs: number }) {
    const wanted = page.offset + page.limit
    const rows: number[] = []
    let found = 0
    let before = range.before
    let size = FIRST_SLICE
    let worked = 0
    while (found < wanted || options.countAll) {
      const started = performance.now()
      const step = await batch.read(() => {
        const least = sliceEnd.get(functionKey, before, range.least, size - 1)
        const bounds = { ...values, function: functionKey, before, least: least ?? range.least }
        if (found >= wanted) return { least, count: count.get(bounds) ?? 0 }
        const matches = find.all(bounds)
        rows.push(...matches.slice(Math.max(0, page.offset - found), wanted - found))
        return { least, count: matches.length }
      })
      found += step.count
      if (step.least === undefined) return { rows, found, complete: true }
      before = step.least
      const took = performance.now() - started
      worked += took
      if (worked > options.budgetMs) return { rows, found, complete: false }
      size = Math.min(LARGEST_SLICE, Math.max(10, Math.ceil(size * Math.min(4, SLICE_MS / Math.max(took, 0.1)))))
      await nextTurn()
    }
    return { rows, found, complete: true }
  }

  return {
    async list (functionKey, page, filter, removedVersions) {
      const conditions = toConditions(filter, removedVersions)
      if (conditions.sql === '') {
        return batch.read(() => {
          const total = counts.total(functionKey)
          return { rows: readPage(functionKey, page, total), total }
        })
      }
      const countAll = filter.from !== undefined || filter.to !== undefined || (filter.text ?? '') !== ''
      const total = countAll ? undefined : await batch.read(() => counts.total(functionKey, filter))
      if (total !== undefined && total <= page.offset) return { rows: [], total }
      const range = skew.toIdRange(functionKey, filter.from, filter.to)
      const result = await walk(functionKey, page, { ...prepareWalk(conditions.sql), values: conditions.values, range },
        { countAll, budgetMs: filter.text === undefined ? Infinity : TEXT_BUDGET_MS })
      const rows = await batch.read(() => readRecords(result.rows))
      return { rows, total: total ?? result.found, ...(result.complete ? {} : { partial: true }) }
    }
  }
}
