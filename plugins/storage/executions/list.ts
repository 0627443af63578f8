/**
 * Lists of a function's executions, newest first.
 *
 * Without a filter: one page from the index, and the total from the counters. With one, the function's entries in
 * `executions_by_function` are scanned from the newest in slices, long scans in a thread, so that even a million of
 * them hold up nobody. The index alone answers status, trigger, version and time. Totals for the first three come from
 * the counters, so the scan ends with the page. A time range is scanned as a range of ids; its total is counted within
 * the range and outside of it at the same time, and whichever ends first gives it.
 *
 * A text has to be looked for in errors and logs themselves, and how an execution failed in its row. An index for that
 * (trigrams) would cost every execution several times its record; so the scan ends after SEARCH_MS, or after COUNT_MS
 * once the page is full, and the result is marked `partial`: newer executions were searched, `total` counts what was
 * found. A narrower time range, status or version lets it reach further back.
 */
import type { Database, Statement } from 'better-sqlite3'
import type { ExecutionFilter } from '../../../core/contracts/executions.js'
import type { Page, Paged } from '../../../core/contracts/page.js'
import type { ExecutionRecord } from '../../../core/contracts/records.js'
import { LongRead, type ReadParts } from '../db/long-read.js'
import type { ExecutionCounts } from './counts.js'
import { toConditions } from './filter.js'
import type { IdSkew } from './id-skew.js'
import { executionColumns, toExecution, visible, type ExecutionRow } from './rows.js'
import { ExecutionScans, type ExecutionScan } from './scan.js'

interface Parts extends ReadParts {
  readonly db: Database
  readonly counts: ExecutionCounts
  readonly skew: IdSkew
}
interface FoundPage {
  readonly rowIds: number[]
  /** All matches up to where the scan stands. */
  readonly found: number
}
type StartScan = (filter: ExecutionFilter) => ExecutionScan
type ReadsPage = Statement<[functionRowId: number, limit: number, offset: number], number>

/** The answer is there within a second, also where it has to wait. */
const SEARCH_MS = 800
const COUNT_MS = 250
const nothing = (total: number): Paged<ExecutionRecord> => ({ rows: [], total })

export class ExecutionList {
  private readonly pageFromNewest: ReadsPage
  private readonly pageFromOldest: ReadsPage
  private readonly records: Statement<[string], ExecutionRow>
  private readonly scans: ExecutionScans

  constructor(private readonly parts: Parts) {
    const { db } = parts
    const readPage = (order: string): ReadsPage =>
      db
        .prepare<[number, number, number], number>(
          `select seq from executions indexed by executions_by_function
           where function = ? order by ${order} limit ? offset ?`
        )
        .pluck()
    this.pageFromNewest = readPage('id desc')
    this.pageFromOldest = readPage('id')
    // What a scan has found may be removed before it is read.
    this.records = db.prepare(`
      select ${executionColumns}, null as responseJson ${visible}
      where e.seq in (select value from json_each(?)) order by e.id desc`)
    this.scans = new ExecutionScans(db)
  }

  async list(
    functionRowId: number,
    page: Page,
    filter: ExecutionFilter,
    removedVersions: readonly number[]
  ): Promise<Paged<ExecutionRecord>> {
    const { batch, counts, skew } = this.parts
    if (filter.jobId !== undefined) {
      return this.listOfJob(functionRowId, page, filter, removedVersions)
    }
    if (toConditions(filter, removedVersions).sql === '') {
      return batch.read(() => this.readUnfiltered(functionRowId, page))
    }
    const { from, to } = filter
    if (from !== undefined && to !== undefined && from > to) return nothing(0)
    const read = new LongRead(this.parts)
    const startScan: StartScan = part =>
      this.scans.start(
        read,
        functionRowId,
        toConditions(part, removedVersions),
        skew.toIdRange(functionRowId, part.from, part.to)
      )
    if (readsRows(filter)) return this.searchRows(page, startScan(filter))
    if (from !== undefined || to !== undefined) {
      return this.listRange(functionRowId, page, filter, startScan)
    }
    const total = await batch.read(() => counts.total(functionRowId, filter))
    if (total <= page.offset) return nothing(total)
    const { rowIds } = await findPage(startScan(filter), page)
    return { rows: await this.readRecords(rowIds), total }
  }

  /** An execution is an attempt of one job, and a job has few of them: all are looked at. */
  private listOfJob(
    functionRowId: number,
    { limit, offset }: Page,
    filter: ExecutionFilter,
    removedVersions: readonly number[]
  ): Promise<Paged<ExecutionRecord>> {
    const { db, batch } = this.parts
    const { sql, values } = toConditions(filter, removedVersions)
    return batch.read(() => {
      const rowIds = db
        .prepare<[Record<string, string | number>], number>(
          `select e.seq from executions e indexed by executions_by_job
           where e.function = :functionRowId${sql} order by e.id desc`
        )
        .pluck()
        .all({ ...values, functionRowId })
      const rows = this.readRecordsNow(rowIds.slice(offset, offset + limit))
      return { rows, total: rowIds.length }
    })
  }

  private readUnfiltered(functionRowId: number, page: Page): Paged<ExecutionRecord> {
    const total = this.parts.counts.total(functionRowId)
    const rowIds = this.readPage(functionRowId, page, total)
    return { rows: this.readRecordsNow(rowIds), total }
  }

  /** Begins at the nearer end of the index, which is the cheaper one. */
  private readPage(
    functionRowId: number,
    { limit, offset }: Page,
    total: number
  ): readonly number[] {
    if (offset <= total / 2) return this.pageFromNewest.all(functionRowId, limit, offset)
    const rest = total - offset
    if (rest <= 0) return []
    return this.pageFromOldest.all(functionRowId, Math.min(limit, rest), Math.max(0, rest - limit))
  }

  /** Conditions that the index does not answer. */
  private async searchRows(page: Page, scan: ExecutionScan): Promise<Paged<ExecutionRecord>> {
    const since = performance.now()
    const { rowIds, found } = await findPage(scan, page, since + SEARCH_MS)
    const total = found + (await countRest(scan, since + COUNT_MS))
    const rows = await this.readRecords(rowIds)
    return scan.ended ? { rows, total } : { rows, total, partial: true }
  }

  private async listRange(
    functionRowId: number,
    page: Page,
    filter: ExecutionFilter,
    startScan: StartScan
  ): Promise<Paged<ExecutionRecord>> {
    const inside = startScan(filter)
    const { rowIds, found } = await findPage(inside, page)
    const outside = complementOf(filter).map(startScan)
    const total = await this.countRange(functionRowId, filter, { inside, found, outside })
    return { rows: await this.readRecords(rowIds), total }
  }

  /** All matches in a time range, of which the scan `inside` has met `found`. */
  private async countRange(
    functionRowId: number,
    filter: ExecutionFilter,
    {
      inside,
      found,
      outside
    }: { inside: ExecutionScan; found: number; outside: readonly ExecutionScan[] }
  ): Promise<number> {
    const { batch, counts } = this.parts
    let within = found
    let beyond = 0
    while (!inside.ended) {
      const next = outside.find(scan => !scan.ended)
      if (next === undefined) {
        const all = await batch.read(() => counts.total(functionRowId, filter))
        // Executions that come and go meanwhile must not bring it below what was seen.
        return Math.max(within, all - beyond)
      }
      within += await inside.count()
      beyond += await next.count()
    }
    return within
  }

  private readRecords(rowIds: readonly number[]): Promise<ExecutionRecord[]> {
    return this.parts.batch.read(() => this.readRecordsNow(rowIds))
  }

  private readRecordsNow(rowIds: readonly number[]): ExecutionRecord[] {
    return rowIds.length === 0 ? [] : this.records.all(JSON.stringify(rowIds)).map(toExecution)
  }
}

const readsRows = ({ text, errorKind }: ExecutionFilter): boolean =>
  (text ?? '') !== '' || errorKind !== undefined

/** The time before and after a range, as filters. */
function complementOf(filter: ExecutionFilter): ExecutionFilter[] {
  const { from, to, ...others } = filter
  const parts: ExecutionFilter[] = []
  if (to !== undefined) parts.push({ ...others, from: Math.floor(to) + 1 })
  if (from !== undefined) parts.push({ ...others, to: Math.ceil(from) - 1 })
  return parts
}

/** Ends at the moment `until`, of `performance.now()`, if that comes first. */
async function findPage(
  scan: ExecutionScan,
  { limit, offset }: Page,
  until = Infinity
): Promise<FoundPage> {
  const rowIds: number[] = []
  const end = offset + limit
  let found = 0
  while (!scan.ended && found < end && performance.now() < until) {
    if (found + scan.sliceSize <= offset) {
      found += await scan.count()
      continue
    }
    const matches = await scan.find()
    rowIds.push(...matches.slice(Math.max(0, offset - found), end - found))
    found += matches.length
  }
  return { rowIds, found }
}

async function countRest(scan: ExecutionScan, until: number): Promise<number> {
  let count = 0
  while (!scan.ended && performance.now() < until) count += await scan.count()
  return count
}
