/**
 * How many sandboxes one owner may keep busy: three times what is free at the moment (a dynamic threshold, as
 * Choudhury and Hahne gave for shared buffers, 1998), and never the last free one unless it has none. So one
 * busy function gets most of the pool, and another one always finds room.
 */
const FACTOR = 3

export class Shares {
  private readonly busy = new Map<string, number>()
  private total = 0

  constructor(private readonly max: number) {}

  get free(): number {
    return this.max - this.total
  }

  mayTake(owner: string): boolean {
    const own = this.busy.get(owner) ?? 0
    if (own === 0) return this.free > 0
    return this.free > 1 && own < FACTOR * this.free
  }

  take(owner: string): void {
    this.total++
    this.busy.set(owner, (this.busy.get(owner) ?? 0) + 1)
  }

  give(owner: string): void {
    this.total--
    const left = (this.busy.get(owner) ?? 1) - 1
    if (left === 0) this.busy.delete(owner)
    else this.busy.set(owner, left)
  }
}
