/** Calls that run in the background, over HTTP. */
import { request } from './client.js'
import { orGone } from './failure.js'
import type { Paging } from './functions.js'
import type { JobStatus } from './lists.js'
import type { ExecutionStatus, Pagination } from './types.js'

export interface Job {
  id: string
  function_id: string
  function_name: string
  status: JobStatus
  trigger: string
  /** The newest since it was made or redriven; 0 before the first. */
  attempt: number
  max_attempts: number
  /** All of them. */
  attempt_count: number
  size: number
  /** The one it was redriven to. */
  version?: number
  status_code?: number
  error?: string
  reason?: string
  created_at: number
  due_at: number
  started_at?: number
  finished_at?: number
}

export interface Attempt {
  /** Of the execution. */
  id: string
  attempt: number
  version: number
  status: ExecutionStatus
  status_code?: number
  error_message?: string
  created_at: number
  duration_ms?: number
}

export interface JobDetail extends Job {
  /** Absent when it cannot be decrypted. */
  event_json?: string
  attempts: Attempt[]
}

export interface JobFilter {
  status?: string
  function_id?: string
}

const one = (id: string): string => `/api/jobs/${encodeURIComponent(id)}`
const post = <T>(path: string, body?: object): Promise<T> =>
  request<T>(path, { method: 'POST', body })

export const listJobs = (
  query: Paging & JobFilter
): Promise<{ jobs: Job[] | null; pagination: Pagination }> =>
  request('/api/jobs', { query: { ...query } })
export const getJob = (id: string): Promise<JobDetail> => request(one(id))
/** Without a version it runs with the one that is active then. */
export const redriveJob = (id: string, version?: number): Promise<JobDetail> =>
  post(`${one(id)}/redrive`, version === undefined ? {} : { version })
export const cancelJob = (id: string): Promise<JobDetail> => post(`${one(id)}/cancel`)
export const deleteJob = (id: string): Promise<unknown> =>
  orGone(request(one(id), { method: 'DELETE' }))
export const redriveJobs = (
  which: { ids: string[] } | { filter: JobFilter },
  version?: number
): Promise<{ redriven: number; skipped: number }> =>
  post('/api/jobs/redrive', version === undefined ? which : { ...which, version })
