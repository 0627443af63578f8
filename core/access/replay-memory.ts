/**
 * Which deliveries were handled: providers deliver again what was not answered in time, and one whose run succeeded
 * shall not run again. Kept in memory, in bounds of number and age: of a server that has its data for itself.
 */
import type { DeliveryState, DeliveryStore } from '../contracts/shared-work.js'

/** Providers deliver again for up to three days, but at growing intervals; most of it is in the first one. */
const KEPT_MS = 24 * 3600 * 1000
const MAX_PER_FUNCTION = 10_000
const MAX_FUNCTIONS = 1000

/** Of one function, in the order in which they succeeded. */
type Deliveries = Map<string, { readonly succeededAt: number }>

export class ReplayMemory implements DeliveryStore {
  private readonly running = new Set<string>()
  private readonly succeeded = new Map<string, Deliveries>()

  constructor(private readonly now: () => number = Date.now) {}

  begin(functionId: string, id: string): DeliveryState {
    const key = `${functionId} ${id}`
    if (this.running.has(key)) return 'running'
    const deliveries = this.succeeded.get(functionId)
    const known = deliveries?.get(id)
    if (known !== undefined && known.succeededAt > this.now() - KEPT_MS) return 'succeeded'
    deliveries?.delete(id)
    this.running.add(key)
    return 'new'
  }

  end(functionId: string, id: string, succeeded: boolean): void {
    this.running.delete(`${functionId} ${id}`)
    if (!succeeded) return
    const deliveries = this.succeeded.get(functionId) ?? new Map()
    // The function that handled one last is the last to be forgotten.
    this.succeeded.delete(functionId)
    this.succeeded.set(functionId, deliveries)
    deliveries.set(id, { succeededAt: this.now() })
    dropOldest(deliveries, MAX_PER_FUNCTION)
    dropOldest(this.succeeded, MAX_FUNCTIONS)
  }
}

function dropOldest(map: Map<string, unknown>, limit: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= limit) return
    map.delete(oldest)
  }
}
