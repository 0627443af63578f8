/** Fetches the jobs that the filters name, newest first. */
import { part } from '../../alpine.js'
import { listAllFunctions } from '../../api/functions.js'
import { listJobs, type Job, type JobFilter } from '../../api/jobs.js'
import { loadInto, loadMore } from '../../shell/loading.js'
import { keepInAddress, route } from '../../shell/router.js'
import { readFilters, type JobsState } from './list-state.js'

const PAGE_SIZE = 50
/** The most that the server returns at once. */
const MAX_PAGE_SIZE = 100

export const createJobsLoading = () =>
  part<JobsState>()({
    query(): JobFilter {
      return { status: this.filters.status, function_id: this.filters.functionId }
    },

    /** As many rows as there are, so that what somebody looks at stays. */
    load(): Promise<void> {
      const limit = Math.min(Math.max(this.rows.length, PAGE_SIZE), MAX_PAGE_SIZE)
      return loadInto(
        this,
        () => listJobs({ ...this.query(), limit, offset: 0 }),
        ({ jobs, pagination }) => {
          this.show(jobs ?? [], pagination.total)
        }
      )
    },

    show(rows: Job[], total: number) {
      const ids = new Set(rows.map(({ id }) => id))
      Object.assign(this, { rows, total, marked: this.marked.filter(id => ids.has(id)) })
    },

    more() {
      return loadMore(
        this,
        () => listJobs({ ...this.query(), limit: PAGE_SIZE, offset: this.rows.length }),
        ({ jobs, pagination }) => {
          const known = new Set(this.rows.map(({ id }) => id))
          const added = (jobs ?? []).filter(({ id }) => !known.has(id))
          this.show([...this.rows, ...added], pagination.total)
        }
      )
    },

    find(): Promise<void> {
      const { status, functionId } = this.filters
      keepInAddress({ status, function_id: functionId })
      this.rows = []
      return this.load()
    },

    /** A link or a step of the history may lead to the list with other filters. */
    followAddress() {
      const { status, functionId } = readFilters()
      if (route.page !== 'jobs' || route.detail !== '') return
      if (status === this.filters.status && functionId === this.filters.functionId) return
      this.filters = { status, functionId }
      this.load()
    },

    /** Names to choose from are an extra of the page. */
    async loadFunctions() {
      this.functions = await listAllFunctions().catch(() => [])
    }
  })
export type JobsLoading = ReturnType<typeof createJobsLoading>
