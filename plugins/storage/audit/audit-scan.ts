/**
 * Pages of the audit that no index gives: entries are looked through from the newest on, in slices, so that the server
 * goes on in between.
 */
import type { Page, Paged } from '../../../core/contracts/page.js'
import type { Batch } from '../db/batch.js'
import type { LongRead } from '../db/long-read.js'
import type { AuditRow } from './audit-rows.js'
import type { AuditStatements, FilterValues } from './audit-statements.js'

const FIRST_SLICE = 1000
const MAX_SLICE = 200_000

interface Parts {
  readonly batch: Batch
  readonly sql: AuditStatements
}
interface Wanted {
  readonly page: Page
  readonly values: FilterValues
  readonly total: number | undefined
}

/** `total`: how many meet the conditions, where that is known; else all entries are looked through. */
export async function scanAudit(
  { sql, batch }: Parts,
  read: LongRead,
  { page: { limit, offset }, values, total }: Wanted
): Promise<Paged<AuditRow>> {
  const end = offset + limit
  const ids: number[] = []
  const bounds = await batch.read(() => sql.bounds.get())
  if (bounds === undefined || bounds.least === null) return { rows: [], total: total ?? 0 }
  let found = 0
  let size = FIRST_SLICE
  const isEnough = (): boolean => total !== undefined && found >= end
  for (let before = bounds.greatest + 1; before > bounds.least && !isEnough();) {
    const nextSize = read.measure()
    const slice = { ...values, first: before - size, before }
    const [count = 0] = await read.all(sql.sliceCount(values), slice)
    // No more ids come here than the page has: a slice may have two hundred thousand.
    const skipped = Math.max(0, offset - found)
    const most = Math.min(limit, end - found)
    if (count > skipped && most > 0) {
      ids.push(...(await read.all(sql.slice(values), { ...slice, skipped, most })))
    }
    found += count
    before -= size
    size = Math.min(MAX_SLICE, nextSize(size))
  }
  const rows = await batch.read(() => sql.ofIds.all(JSON.stringify(ids)))
  return { rows, total: total ?? found }
}
