/** What the list of jobs shows. */
import type { Job } from '../../api/jobs.js'
import { jobStatuses } from '../../api/lists.js'
import { loading } from '../../shell/loading.js'
import { readAddress } from '../../shell/router.js'

/** The filters that the address names. */
export function readFilters() {
  const { status, function_id: functionId } = readAddress('status', 'function_id')
  return { status, functionId }
}

export const createJobsState = () => ({
  ...loading(),
  busy: false,
  statuses: jobStatuses,
  filters: readFilters(),
  /** To choose from. */
  functions: [] as Array<{ id: string; name: string }>,
  rows: [] as Job[],
  total: 0,
  /** Ids of the rows that are marked. */
  marked: [] as string[],
  /** The number of the version to run again with; empty for the active one. */
  version: ''
})
export type JobsState = ReturnType<typeof createJobsState>
