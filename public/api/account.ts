/** Tokens, and who changed what, over HTTP. */
import { request } from './client.js'
import { orGone } from './failure.js'
import type { Paging } from './functions.js'
import { requestAll } from './list-all.js'
import type { TokenScope } from './lists.js'
import type { Pagination } from './types.js'

export interface Token {
  id: string
  name: string
  scopes: TokenScope[]
  /** Ids; absent: all functions. */
  functions?: string[]
  created_at: number
  expires_at?: number
  last_used_at?: number
  last_used_ip?: string
}

export const listTokens = (): Promise<Token[]> => requestAll('/api/tokens', 'tokens')
export const createToken = (wish: {
  name: string
  scopes: readonly string[]
  functions?: readonly string[]
  expires_at?: number
}): Promise<Token & { token: string }> => request('/api/tokens', { method: 'POST', body: wish })
export const endToken = (id: string): Promise<unknown> =>
  orGone(request(`/api/tokens/${encodeURIComponent(id)}`, { method: 'DELETE' }))

export type AuditState = Readonly<Record<string, unknown>>

export interface AuditEntry {
  id: number
  at: number
  actor: { kind: 'session' | 'token' | 'api_key'; id?: string; name?: string }
  via: 'dashboard' | 'cli' | 'api'
  ip: string
  action: string
  target: { kind: string; id?: string; name?: string }
  function_id?: string
  before?: AuditState
  after?: AuditState
}

export interface AuditQuery extends Paging {
  function_id?: string
  actor?: string
  from?: string
  to?: string
}

export const listAudit = (
  query: AuditQuery
): Promise<{ entries: AuditEntry[]; pagination: Pagination }> =>
  request('/api/audit', { query: { ...query } })
