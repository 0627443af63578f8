/** The servers on the same data. */
import { request } from './client.js'

/** Figures are missing of a server that has not said them yet, or never will. */
export interface ServerNode {
  readonly id: number
  readonly this: boolean
  readonly status: 'up' | 'gone'
  readonly host: string
  readonly port?: number
  readonly version: string
  readonly started_at: number
  readonly seen_at: number
  readonly seen_ms_ago: number
  readonly leads: boolean
  readonly load?: number
  readonly cores?: number
  readonly memory?: number
  readonly sandboxes?: Readonly<Record<string, number>>
  readonly sandbox_max?: number
  readonly calls_per_second?: number
  readonly event_loop_delay_ms?: number
  readonly changes_behind?: number
}

export interface ServerNodes {
  readonly database: 'sqlite' | 'postgresql'
  readonly nodes: ServerNode[]
}

export const listNodes = (): Promise<ServerNodes> => request('/api/nodes')
