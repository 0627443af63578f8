/** Functions and their schedule over HTTP. */
import type { Ask } from './client.js'
import { fetchOk, request, tagOf } from './client.js'
import type {
  AccessKey,
  CreatedAccessKey,
  CronCheck,
  DraftEvent,
  DraftOutcome,
  EnvHistoryEntry,
  LuaFunction,
  NextRun,
  Pagination,
  Usage
} from './types.js'

const one = (id: string): string => `/api/functions/${encodeURIComponent(id)}`
const put = (path: string, body: unknown, ifMatch?: string): Promise<unknown> =>
  request(path, { method: 'PUT', body, ifMatch })
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

const MAX_PAGE_SIZE = 100
/** No more functions than these can be chosen from. */
const MAX_FUNCTIONS = 1_000

/** By name, for choosing among them. */
export async function listAllFunctions(): Promise<Array<Pick<LuaFunction, 'id' | 'name'>>> {
  const found: LuaFunction[] = []
  for (;;) {
    const page = { limit: MAX_PAGE_SIZE, offset: found.length, sort: 'name', order: 'asc' }
    const { functions, pagination } = await listFunctions(page)
    found.push(...(functions ?? []))
    const isLast = found.length >= Math.min(pagination.total, MAX_FUNCTIONS)
    if (isLast || !functions?.length) return found
  }
}

/** With the tag of its state. Changes send it as `tag`, and fail with `Stale` when the state is another by now. */
export async function getFunction(id: string): Promise<{ fn: LuaFunction; tag: string }> {
  const response = await fetchOk(one(id))
  return { fn: (await response.json()) as LuaFunction, tag: tagOf(response) }
}

export const createFunction = (given: {
  name: string
  code: string
  description?: string
}): Promise<LuaFunction> => post('/api/functions', given)
export const updateFunction = (id: string, change: object, tag?: string): Promise<unknown> =>
  put(one(id), change, tag)
export const deleteFunction = (id: string, tag: string): Promise<unknown> => remove(one(id), tag)
export const replaceEnv = (id: string, variables: object, tag?: string): Promise<unknown> =>
  put(`${one(id)}/env`, { env_vars: variables }, tag)
export const listEnvHistory = (
  id: string,
  query: Paging
): Promise<{ history: EnvHistoryEntry[]; pagination: Pagination }> =>
  request(`${one(id)}/env/history`, { query: { ...query } })
export const getFormerEnv = (
  id: string,
  entry: number
): Promise<{ env_vars: Record<string, string> }> => request(`${one(id)}/env/history/${entry}`)
export const restoreEnv = (id: string, entry: number, tag: string): Promise<unknown> =>
  post(`${one(id)}/env/history/${entry}/restore`, undefined, { ifMatch: tag })
export const forgetEnvHistory = (id: string): Promise<unknown> => remove(`${one(id)}/env/history`)

export interface Draft {
  /** Left out: that of the active version. */
  code?: string
  event: DraftEvent
  /** Code of shared modules by their names. */
  modules?: Record<string, string>
}
export const runDraft = (id: string, draft: Draft): Promise<DraftOutcome> =>
  post(`${one(id)}/draft`, draft)

export const getNextRun = (id: string): Promise<NextRun> => request(`${one(id)}/next-run`)
export const checkSchedule = (schedule: string): Promise<CronCheck> =>
  post('/api/cron/check', { schedule })

export const listAccessKeys = (id: string): Promise<{ keys: AccessKey[] }> =>
  request(`${one(id)}/keys`)
export const createAccessKey = (
  id: string,
  given: { name: string; expires_at?: number }
): Promise<CreatedAccessKey> => post(`${one(id)}/keys`, given)
export const deleteAccessKey = (id: string, keyId: string): Promise<unknown> =>
  remove(`${one(id)}/keys/${encodeURIComponent(keyId)}`)
export const getUsage = (id: string): Promise<Usage> => request(`${one(id)}/usage`)
