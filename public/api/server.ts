/** Signing in and out, sessions, and what the server says about itself. */
import { loadOnce } from '../load-once.js'
import { request } from './client.js'
import { orGone } from './failure.js'
import { requestAll } from './list-all.js'
import type { LuaReference } from './lua-reference.js'
import type { Session } from './types.js'

export const signIn = (apiKey: string): Promise<unknown> =>
  request('/api/auth/login', { method: 'POST', body: { apiKey } })
export const signOut = (): Promise<unknown> => request('/api/auth/logout', { method: 'POST' })
export const listSessions = (): Promise<Session[]> => requestAll('/api/auth/sessions', 'sessions')
export const endSession = (id: string): Promise<unknown> =>
  orGone(request(`/api/auth/sessions/${encodeURIComponent(id)}`, { method: 'DELETE' }))
export const endAllSessions = (): Promise<unknown> =>
  request('/api/auth/sessions', { method: 'DELETE' })
export interface ServerStatus {
  version: string
  database: 'sqlite' | 'postgresql'
  lua_version: string
  base_url: string
  functions_url?: string
  time_zone: string
}
export const getStatus = (): Promise<ServerStatus> => request('/api/status')

export interface PluginPage {
  /** The plugin's. */
  readonly name: string
  readonly title: string
  readonly titles?: Readonly<Record<string, string>>
  readonly path: string
  readonly icon?: string
  /** Shown within the dashboard; others open beside it. */
  readonly embedded: boolean
}
/** Pages that third-party plugins add to the navigation. */
export const listPluginPages = async (): Promise<PluginPage[]> =>
  (await request<Array<{ name: string; page?: Omit<PluginPage, 'name'> }>>('/api/plugins')).flatMap(
    ({ name, page }) => (page === undefined ? [] : [{ name, ...page }])
  )

/** The Lua APIs that this server has, third-party ones included; asked for once. */
export const getReference = loadOnce(() => request<LuaReference>('/api/lua'))
