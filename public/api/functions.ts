/** Functions, their versions and their schedule over HTTP. */
import type { Ask } from './client.js'
import { request } from './client.js'
import type { CodeCheck, CronCheck, DraftEvent, DraftOutcome, LuaFunction, NextRun, Pagination, Version } from './types.js'

const one = (id: string): string => `/api/functions/${encodeURIComponent(id)}`
const put = (path: string, body: unknown): Promise<unknown> => request(path, { method: 'PUT', body })
const post = <T>(path: string, body?: unknown, rest: Ask = {}): Promise<T> => request<T>(path, { ...rest, method: 'POST', body })
const remove = (path: string): Promise<unknown> => request(path, { method: 'DELETE' })

export interface Paging { limit: number, offset: number }

export const listFunctions = (query: Paging & { search?: string }, signal?: AbortSignal): Promise<{ functions: LuaFunction[] | null, pagination: Pagination }> =>
  request('/api/functions', { query: { ...query }, ...(signal ? { signal } : {}) })
export const getFunction = (id: string): Promise<LuaFunction> => request(one(id))
export const createFunction = (given: { name: string, code: string, description?: string }): Promise<LuaFunction> => post('/api/functions', given)
export const updateFunction = (id: string, change: object): Promise<unknown> => put(one(id), change)
export const deleteFunction = (id: string): Promise<unknown> => remove(one(id))
export const replaceEnv = (id: string, variables: Record<string, string>): Promise<unknown> => put(`${one(id)}/env`, { env_vars: variables })

export const runDraft = (id: string, code: string, event: DraftEvent): Promise<DraftOutcome> => post(`${one(id)}/draft`, { code, event })
export const checkCode = (code: string, signal: AbortSignal): Promise<CodeCheck> => post('/api/check', { code }, { signal })

export const listVersions = (id: string, query: Paging): Promise<{ versions: Version[] | null, pagination: Pagination }> =>
  request(`${one(id)}/versions`, { query: { ...query } })
export const getVersion = (id: string, number: number): Promise<Version> => request(`${one(id)}/versions/${number}`)
export const activateVersion = (id: string, versionId: string): Promise<unknown> => post(`${one(id)}/versions/${encodeURIComponent(versionId)}/activate`)
export const deleteVersion = (id: string, versionId: string): Promise<unknown> => remove(`${one(id)}/versions/${encodeURIComponent(versionId)}`)

export const getNextRun = (id: string): Promise<NextRun> => request(`${one(id)}/next-run`)
export const checkSchedule = (schedule: string): Promise<CronCheck> => post('/api/cron/check', { schedule })
