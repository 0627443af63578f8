/** Functions and their schedule over HTTP. */
import type { Ask, Tagged } from './client.js'
import { orGone } from './failure.js'
import { request, requestTagged } from './client.js'
import { listAll, requestAll } from './list-all.js'
import type {
  AccessKey,
  CreatedAccessKey,
  CronCheck,
  DraftEvent,
  DraftOutcome,
  LuaFunction,
  Pagination,
  Usage
} from './types.js'

export const functionApi = (id: string): string => `/api/functions/${encodeURIComponent(id)}`
const post = <T>(path: string, body?: unknown, rest: Ask = {}): Promise<T> =>
  request<T>(path, { ...rest, method: 'POST', body })
const remove = (path: string, ifMatch?: string): Promise<unknown> =>
  request(path, { method: 'DELETE', ifMatch })

export interface Paging {
  limit: number
  offset: number
}

export const listFunctions = (
  query: Paging & { search?: string; sort?: string; order?: string },
  signal?: AbortSignal
): Promise<{ functions: LuaFunction[] | null; pagination: Pagination }> =>
  request('/api/functions', { query: { ...query }, ...(signal ? { signal } : {}) })

/** By name, for choosing among them. */
export const listAllFunctions = (): Promise<Array<Pick<LuaFunction, 'id' | 'name'>>> =>
  listAll(async page => {
    const query = { ...page, sort: 'name', order: 'asc' }
    const { functions, pagination } = await listFunctions(query)
    return { rows: functions ?? [], total: pagination.total }
  })

export const getFunction = (id: string): Promise<Tagged<LuaFunction>> =>
  requestTagged(functionApi(id))

export const createFunction = (given: {
  name: string
  code: string
  description?: string
}): Promise<LuaFunction> => post('/api/functions', given)
export const updateFunction = (id: string, change: object, tag?: string): Promise<unknown> =>
  request(functionApi(id), { method: 'PUT', body: change, ifMatch: tag })
export const deleteFunction = (id: string, tag: string): Promise<unknown> =>
  orGone(remove(functionApi(id), tag))

export interface Draft {
  /** Left out: that of the active version. */
  code?: string
  event: DraftEvent
  /** Code of shared modules by their names. */
  modules?: Record<string, string>
}
export const runDraft = (id: string, draft: Draft): Promise<DraftOutcome> =>
  post(`${functionApi(id)}/draft`, draft)

export const checkSchedule = (schedule: string): Promise<CronCheck> =>
  post('/api/cron/check', { schedule })

export const listAccessKeys = (id: string): Promise<AccessKey[]> =>
  requestAll(`${functionApi(id)}/keys`, 'keys')
export const createAccessKey = (
  id: string,
  given: { name: string; expires_at?: number }
): Promise<CreatedAccessKey> => post(`${functionApi(id)}/keys`, given)
export const deleteAccessKey = (id: string, keyId: string): Promise<unknown> =>
  orGone(remove(`${functionApi(id)}/keys/${encodeURIComponent(keyId)}`))
export const getUsage = (id: string): Promise<Usage> => request(`${functionApi(id)}/usage`)
