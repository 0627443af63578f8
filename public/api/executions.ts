/** Executions and what is kept with them. */
import { request } from './client.js'
import type {
  AiRequest,
  EmailRequest,
  Execution,
  HttpRequest,
  LogEntry,
  Pagination
} from './types.js'
import type { Paging } from './functions.js'

export interface ExecutionFilters {
  status?: string
  error_kind?: string
  trigger?: string
  version?: string
  from?: number
  to?: number
  text?: string
}

const one = (id: string): string => `/api/executions/${encodeURIComponent(id)}`

export const listExecutions = (
  functionId: string,
  query: Paging & ExecutionFilters
): Promise<{ executions: Execution[] | null; pagination: Pagination; partial?: boolean }> =>
  request(`/api/functions/${encodeURIComponent(functionId)}/executions`, { query: { ...query } })
export const getExecution = (id: string): Promise<Execution> => request(one(id))
export const getLogs = (
  id: string,
  query: Paging
): Promise<{ logs: LogEntry[] | null; pagination: Pagination }> =>
  request(`${one(id)}/logs`, { query: { ...query } })
export const getAiRequests = (id: string): Promise<{ ai_requests: AiRequest[] | null }> =>
  request(`${one(id)}/ai-requests`, { query: { limit: 100 } })
export const getEmailRequests = (id: string): Promise<{ email_requests: EmailRequest[] | null }> =>
  request(`${one(id)}/email-requests`, { query: { limit: 100 } })
/** All that are kept. */
export const getHttpRequests = (
  id: string
): Promise<{ http_requests: HttpRequest[] | null; left_out: number }> =>
  request(`${one(id)}/http-requests`, { query: { limit: 100 } })
export const rerun = (id: string): Promise<{ execution_id: string; status: string }> =>
  request(`${one(id)}/rerun`, { method: 'POST' })
