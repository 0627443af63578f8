/** Calls of functions that are in progress, and those that may still be. */

export class Places {
  private readonly taken = new Map<string, number>()

  of(functionId: string): number {
    return this.taken.get(functionId) ?? 0
  }

  /** Returns what gives the place back, which may be called more than once; undefined: there is none. */
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
