/** Calls of functions that are in progress, and those that may still be, of a server that has its data for itself. */
import type { PlaceBook } from '../../core/contracts/shared-work.js'

export class Places implements PlaceBook {
  private readonly taken = new Map<string, number>()

  of(functionId: string): number {
    return this.taken.get(functionId) ?? 0
  }

  take(functionId: string, limit: number): (() => void) | undefined {
    const taken = this.of(functionId)
    if (taken >= limit) return undefined
    this.taken.set(functionId, taken + 1)
    let isTaken = true
    return () => {
      if (!isTaken) return
      isTaken = false
      const left = this.of(functionId) - 1
      if (left === 0) this.taken.delete(functionId)
      else this.taken.set(functionId, left)
    }
  }
}
