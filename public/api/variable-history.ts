/** What environment variables were before, over HTTP. `of` is the address of the present ones in the API. */
import { request } from './client.js'
import type { Paging } from './functions.js'
import type { EnvHistoryEntry, Pagination } from './types.js'
import type { Variables } from './variables.js'

export const listHistory = (
  of: string,
  query: Paging
): Promise<{ history: EnvHistoryEntry[]; pagination: Pagination }> =>
  request(`${of}/history`, { query: { ...query } })
export const getFormer = (of: string, entry: number): Promise<Variables> =>
  request(`${of}/history/${entry}`)
export const restoreFormer = (of: string, entry: number, tag: string): Promise<unknown> =>
  request(`${of}/history/${entry}/restore`, { method: 'POST', ifMatch: tag })
export const forgetHistory = (of: string): Promise<unknown> =>
  request(`${of}/history`, { method: 'DELETE' })
