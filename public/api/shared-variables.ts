/** The variables that all functions share, over HTTP. */
import { fetchOk, request, tagOf } from './client.js'
import type { Paging } from './functions.js'
import type { EnvHistoryEntry, Pagination } from './types.js'

export interface SharedVariables {
  env_vars: Record<string, string>
}

const path = '/api/env'

/** With the tag of its state, as functions have one. */
export async function getSharedVariables(): Promise<{ found: SharedVariables; tag: string }> {
  const response = await fetchOk(path)
  return { found: (await response.json()) as SharedVariables, tag: tagOf(response) }
}
export const replaceSharedVariables = (variables: object, tag: string): Promise<unknown> =>
  request(path, { method: 'PUT', body: { env_vars: variables }, ifMatch: tag })

export const listSharedHistory = (
  query: Paging
): Promise<{ history: EnvHistoryEntry[]; pagination: Pagination }> =>
  request(`${path}/history`, { query: { ...query } })
export const getFormerShared = (entry: number): Promise<{ env_vars: Record<string, string> }> =>
  request(`${path}/history/${entry}`)
export const restoreShared = (entry: number, tag: string): Promise<unknown> =>
  request(`${path}/history/${entry}/restore`, { method: 'POST', ifMatch: tag })
export const forgetSharedHistory = (): Promise<unknown> =>
  request(`${path}/history`, { method: 'DELETE' })
