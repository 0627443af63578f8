/**
 * Pages of the audit that no index gives: entries are looked through from the newest on, in slices of a few
 * milliseconds, so that the server goes on in between.
 */
import { giveWay } from '../../../core/base/give-way.js'
import type { Page, Paged } from '../../../core/contracts/page.js'
import type { Batch } from '../db/batch.js'
import type { AuditRow } from './audit-rows.js'
import type { AuditStatements, FilterValues } from './audit-statements.js'

const SLICE_MS = 4
const FIRST_SLICE = 5000
const MAX_SLICE = 200_000
const MAX_GROWTH = 4

interface Parts {
  readonly batch: Batch
  readonly sql: AuditStatements
}

/** `total`: how many meet the conditions, where that is known; else all entries are looked through. */
export async function scanAudit(
  { batch, sql }: Parts,
  { limit, offset }: Page,
  values: FilterValues,
  total: number | undefined
): Promise<Paged<AuditRow>> {
  const end = offset + limit
  const ids: number[] = []
  const { least, greatest } = await batch.read(() => sql.bounds.get() ?? { least: 0, greatest: -1 })
  let found = 0
  let size = FIRST_SLICE
  const isEnough = (): boolean => total !== undefined && found >= end
  for (let before = greatest + 1; before > least && !isEnough();) {
    const since = performance.now()
    const first = before - size
    const slice = await batch.read(() => sql.slice(values).all({ ...values, first, before }))
    const tookMs = performance.now() - since
    ids.push(...slice.slice(Math.max(0, offset - found), Math.max(0, end - found)))
    found += slice.length
    before = first
    const growth = Math.min(MAX_GROWTH, SLICE_MS / Math.max(tookMs, 0.1))
    size = Math.min(MAX_SLICE, Math.ceil(size * growth))
    await giveWay(tookMs)
  }
  const rows = await batch.read(() => sql.ofIds.all(JSON.stringify(ids)))
  return { rows, total: total ?? found }
}
