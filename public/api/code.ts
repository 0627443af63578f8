/** Code with its versions over HTTP: of functions, and of modules. `of` is the address of one in the API. */
import { request } from './client.js'
import type { Paging } from './functions.js'
import type { CodeCheck, Pagination, Version } from './types.js'

const versionOf = (of: string, id: string | number): string =>
  `${of}/versions/${encodeURIComponent(id)}`

export const saveCode = (of: string, change: object, tag: string): Promise<unknown> =>
  request(of, { method: 'PUT', body: change, ifMatch: tag })
export const checkCode = (code: string, signal?: AbortSignal): Promise<CodeCheck> =>
  request('/api/check', { method: 'POST', body: { code }, ...(signal ? { signal } : {}) })

export const listVersions = (
  of: string,
  query: Paging
): Promise<{ versions: Version[] | null; pagination: Pagination }> =>
  request(`${of}/versions`, { query: { ...query } })
export const getVersion = (of: string, number: number): Promise<Version> =>
  request(versionOf(of, number))
export const activateVersion = (of: string, id: string, tag: string): Promise<unknown> =>
  request(`${versionOf(of, id)}/activate`, { method: 'POST', ifMatch: tag })
export const deleteVersion = (of: string, id: string, tag: string): Promise<unknown> =>
  request(versionOf(of, id), { method: 'DELETE', ifMatch: tag })
