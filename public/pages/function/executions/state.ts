/** What the list of executions shows, and what it keeps beside that. */
import type { Execution } from '../../../api/types.js'
import { loading } from '../../../shell/loading.js'
import { readAddress } from '../../../shell/router.js'
import { current } from '../../function.js'
import { isRange, ranges, type Range } from './filters.js'

/** Not part of the reactive state. */
export interface ExecutionsSession {
  readonly functionId: string
  isConnected: boolean
  /** What arrives while the list is fetched, which may be older than that. */
  arrivals: Execution[] | undefined
  /** Rows that a request under way asks for; 0 when there is none. */
  rowsWanted: number
  /** The scroll position to restore once the rows are there; 0 when there is none. */
  scrollWanted: number
}

export const createExecutionsSession = (): ExecutionsSession => ({
  functionId: current.fn.id,
  isConnected: false,
  arrivals: undefined,
  rowsWanted: 0,
  scrollWanted: 0
})

const names = ['text', 'status', 'trigger', 'version', 'range', 'from', 'to'] as const

/** The filters that the address names. */
export function readFilters() {
  const { range, from, to, ...filters } = readAddress(...names)
  return { filters, range: (isRange(range) ? range : 'all') as Range, from, to }
}

export type ExecutionsState = ReturnType<typeof createExecutionsState>

export const createExecutionsState = () => ({
  ...loading(),
  busy: false,
  live: false,
  paused: false,
  /** How many arrived while paused. */
  waiting: 0,
  ...readFilters(),
  ranges,
  rows: [] as Array<Execution & { fresh?: boolean }>,
  total: 0,
  /** The search ended before the oldest execution. */
  partial: false
})
