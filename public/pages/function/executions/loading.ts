/** Fetches the executions that the filters name, newest first. */
import { part } from '../../../alpine.js'
import { listExecutions, type ExecutionFilters } from '../../../api/executions.js'
import type { Execution } from '../../../api/types.js'
import { loadInto, loadMore } from '../../../shell/loading.js'
import { keepInAddress } from '../../../shell/router.js'
import { toQuery } from './filters.js'
import type { ExecutionsSession, ExecutionsState } from './state.js'

export const PAGE_SIZE = 50
/** The most that the server returns at once. */
const MAX_PAGE_SIZE = 100
/** No more rows than these are fetched again. */
const MAX_ROWS = 1_000

async function fetchNewest(functionId: string, query: ExecutionFilters, count: number) {
  const offsets = Array.from(
    { length: Math.ceil(count / MAX_PAGE_SIZE) },
    (_, page) => page * MAX_PAGE_SIZE
  )
  const pages = await Promise.all(
    offsets.map(offset => {
      const limit = Math.min(MAX_PAGE_SIZE, count - offset)
      return listExecutions(functionId, { ...query, limit, offset })
    })
  )
  // An execution that began while the pages were read shifts another one onto two of them.
  const all = pages.flatMap(({ executions }) => executions ?? [])
  const rows = [...new Map(all.map(row => [row.id, row])).values()]
  const { pagination = { total: 0 }, partial = false } = pages[0] ?? {}
  return { rows, pagination, partial }
}

interface Whole {
  addArrival(execution: Execution): void
  restoreScroll(): void
}

export const createExecutionsLoading = (session: ExecutionsSession) =>
  part<ExecutionsState & Whole>()({
    query(): ExecutionFilters {
      return toQuery(this.filters, this.range, this.from, this.to)
    },

    /** By default as many rows as there are, so that what somebody looks at stays. */
    load(wanted?: number): Promise<void> {
      const count = wanted ?? Math.max(this.rows.length, session.rowsWanted)
      session.rowsWanted = count
      const arrivals: Execution[] = (session.arrivals = [])
      const limit = Math.min(Math.max(count, PAGE_SIZE), MAX_ROWS)
      return loadInto(
        this,
        () => fetchNewest(session.functionId, this.query(), limit),
        ({ rows, pagination, partial }) => {
          Object.assign(this, { rows, total: pagination.total, partial, waiting: 0 })
          session.arrivals = undefined
          session.rowsWanted = 0
          for (const execution of arrivals) this.addArrival(execution)
          this.$nextTick(() => {
            this.restoreScroll()
          })
        }
      )
    },

    more() {
      const page = { limit: PAGE_SIZE, offset: this.rows.length }
      return loadMore(
        this,
        () => listExecutions(session.functionId, { ...this.query(), ...page }),
        ({ executions, pagination, partial = false }) => {
          const known = new Set(this.rows.map(row => row.id))
          const added = (executions ?? []).filter(({ id }) => !known.has(id))
          const rows = [...this.rows, ...added]
          Object.assign(this, { rows, total: pagination.total, partial })
          this.keepListInAddress(rows.length)
        }
      )
    },

    /** The filters, and how many rows are shown when they are more than the first page. */
    keepListInAddress(count: number) {
      const isCustom = this.range === 'custom'
      keepInAddress({
        ...this.filters,
        range: this.range === 'all' ? '' : this.range,
        from: isCustom ? this.from : '',
        to: isCustom ? this.to : '',
        rows: count > PAGE_SIZE ? String(count) : ''
      })
    },

    find(): Promise<void> {
      this.keepListInAddress(PAGE_SIZE)
      return this.load(PAGE_SIZE)
    }
  })

export type ExecutionsLoading = ReturnType<typeof createExecutionsLoading>
