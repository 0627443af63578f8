/** Rules by which somebody is told that something goes wrong, over HTTP. */
import { request } from './client.js'
import { orGone } from './failure.js'
import type { Paging } from './functions.js'
import type { Pagination } from './types.js'

export interface AlertTarget {
  kind: string
  /** Of a webhook: shown without what follows the host. */
  url?: string
  format?: string
  headers?: Record<string, string>
  /** Of mail. */
  to?: string[]
  function_id?: string
}

/** What people set. */
export interface AlertRule {
  name: string
  on: string
  function_id?: string
  enabled: boolean
  threshold: number
  window_minutes: number
  late_minutes: number
  min_free_mb: number
  repeat_minutes: number
  target: AlertTarget
}

export interface Alert extends AlertRule {
  id: string
  state: 'ok' | 'firing'
  since?: number
  count: number
  last_sent_at?: number
  last_delivered_at?: number
  last_error?: string
}

const one = (id: string): string => `/api/alerts/${encodeURIComponent(id)}`

export const listAlerts = (
  query: Paging
): Promise<{ alerts: Alert[] | null; pagination: Pagination }> =>
  request('/api/alerts', { query: { ...query } })
export const createAlert = (rule: object): Promise<Alert> =>
  request('/api/alerts', { method: 'POST', body: rule })
export const updateAlert = (id: string, change: object): Promise<Alert> =>
  request(one(id), { method: 'PUT', body: change })
export const deleteAlert = (id: string): Promise<unknown> =>
  orGone(request(one(id), { method: 'DELETE' }))
export const testAlert = (
  id: string
): Promise<{ sent: boolean; error?: string; job_id?: string }> =>
  request(`${one(id)}/test`, { method: 'POST' })
