/**
 * Lists of a function's executions, newest first.
 *
 * Without a filter: one page from the index, and the total from the counters. With one, the function's entries
 * in `executions_by_function` are walked from the newest in short slices, so that even half a million of them
 * hold up nobody. The index alone answers status, trigger, version and time. Totals for the first three come from
 * the counters, so the walk ends with the page. A time range is walked as a range of ids; its total is counted
 * within it and outside of it at the same time, and what ends first gives it.
 *
 * A text has to be looked for in errors and logs themselves, and how a run failed in its row. An index for that (trigrams) would cost every run
 * several times its record; so the walk ends when it has worked for TEXT_BUDGET_MS, and the answer is marked
 * `partial`: newer executions were searched, `total` counts what was found. A narrower time range, status or
 * version lets it reach further back.
 */
import type { Database } from 'better-sqlite3'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ExecutionRecord } from '../../../core/contracts/records.js'
import type { ExecutionFilter } from '../../../core/contracts/executions.js'
import type { Page, Paged } from '../../../core/contracts/page.js'
import type { Batch } from '../db/batch.js'
import type { ExecutionCounts } from './counts.js'
import { toConditions } from './filter.js'
import { executionColumns, toExecution, type ExecutionRow } from './rows.js'
import { createExecutionWalks, type Walk } from './scan.js'
import type { IdSkew } from './id-skew.js'

interface Parts {
  readonly db: Database
  readonly batch: Batch
  readonly counts: ExecutionCounts
  readonly skew: IdSkew
}

export interface ExecutionList {
  list(
    functionRowId: number,
    page: Page,
    filter: ExecutionFilter,
    removedVersions: readonly number[]
  ): Promise<Paged<ExecutionRecord>>
}

const TEXT_BUDGET_MS = 120

export function createExecutionList({ db, batch, counts, skew }: Parts): ExecutionList {
  const pageRows = db
    .prepare<[number, number, number], number>(
      `
    select seq from executions indexed by executions_by_function where function = ? order by id desc limit ? offset ?`
    )
    .pluck()
  const pageFromEnd = db
    .prepare<[number, number, number], number>(
      `
    select seq from executions indexed by executions_by_function where function = ? order by id limit ? offset ?`
    )
    .pluck()
  const records = db.prepare<[string], ExecutionRow>(`
    select ${executionColumns}, null as responseJson from executions e join functions f on f.seq = e.function
    where e.seq in (select value from json_each(?)) order by e.id desc`)
  const startWalk = createExecutionWalks(db, batch)

  const readRecords = (rows: readonly number[]): ExecutionRecord[] =>
    rows.length === 0 ? [] : records.all(JSON.stringify(rows)).map(toExecution)

  /** The nearer end of the index is the cheaper one to begin at. */
  function readPage(
    functionRowId: number,
    { limit, offset }: Page,
    total: number
  ): ExecutionRecord[] {
    if (offset <= total / 2) return readRecords(pageRows.all(functionRowId, limit, offset))
    const rest = total - offset
    return rest <= 0
      ? []
      : readRecords(
          pageFromEnd.all(functionRowId, Math.min(limit, rest), Math.max(0, rest - limit))
        )
  }

  /** Fills the page; `found` are all matches up to where the walk stands. */
  async function findPage(
    walk: Walk,
    { limit, offset }: Page,
    budgetMs: number
  ): Promise<{ rows: number[]; found: number }> {
    const rows: number[] = []
    let found = 0
    while (!walk.ended && found < offset + limit && walk.worked <= budgetMs) {
      const matches = await walk.find()
      rows.push(...matches.slice(Math.max(0, offset - found), offset + limit - found))
      found += matches.length
      await nextTurn()
    }
    return { rows, found }
  }

  async function countText(walk: Walk): Promise<number> {
    let count = 0
    while (!walk.ended && walk.worked <= TEXT_BUDGET_MS) {
      count += await walk.count()
      await nextTurn()
    }
    return count
  }

  /** All matches in a time range, of which `inside` has met `found`. */
  async function countRange(
    functionRowId: number,
    inside: Walk,
    found: number,
    filter: ExecutionFilter,
    startOther: (other: ExecutionFilter) => Walk
  ): Promise<number> {
    const outside = [
      ...(filter.to === undefined
        ? []
        : [startOther({ ...filter, from: Math.floor(filter.to) + 1, to: undefined })]),
      ...(filter.from === undefined
        ? []
        : [startOther({ ...filter, from: undefined, to: Math.ceil(filter.from) - 1 })])
    ]
    let within = found
    let beyond = 0
    while (!inside.ended) {
      const next = outside.find(walk => !walk.ended)
      // Runs that come and go meanwhile must not bring it below what was seen.
      if (next === undefined) {
        return Math.max(
          within,
          (await batch.read(() => counts.total(functionRowId, filter))) - beyond
        )
      }
      within += await inside.count()
      beyond += await next.count()
      await nextTurn()
    }
    return within
  }

  return {
    async list(functionRowId, page, filter, removedVersions) {
      const { from, to } = filter
      const readsRows = (filter.text ?? '') !== '' || filter.errorKind !== undefined
      const start = (part: ExecutionFilter): Walk =>
        startWalk(
          functionRowId,
          toConditions(part, removedVersions),
          skew.toIdRange(functionRowId, part.from, part.to)
        )
      if (toConditions(filter, removedVersions).sql === '') {
        return batch.read(() => {
          const total = counts.total(functionRowId)
          return { rows: readPage(functionRowId, page, total), total }
        })
      }
      if (from !== undefined && to !== undefined && from > to) return { rows: [], total: 0 }
      const counted =
        readsRows || from !== undefined || to !== undefined
          ? undefined
          : await batch.read(() => counts.total(functionRowId, filter))
      if (counted !== undefined && counted <= page.offset) return { rows: [], total: counted }

      const walk = start(filter)
      const { rows, found } = await findPage(walk, page, readsRows ? TEXT_BUDGET_MS : Infinity)
      const total =
        counted ??
        (readsRows
          ? found + (await countText(walk))
          : await countRange(functionRowId, walk, found, filter, start))
      return {
        rows: await batch.read(() => readRecords(rows)),
        total,
        ...(readsRows && !walk.ended ? { partial: true } : {})
      }
    }
  }
}
