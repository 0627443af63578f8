/**
 * How many processes one function may keep busy: three times as many as are free at the moment (a dynamic
 * threshold, as Choudhury and Hahne gave for shared buffers, 1998), and never the last free one unless it has none.
 * So a busy function gets most of the processes, and another function always finds room.
 */
const FACTOR = 3

export class FairShare {
  private readonly held = new Map<string, number>()
  private total = 0

  constructor(private max: number) {}

  /** There is room for more or fewer processes than before. */
  resize(max: number): void {
    this.max = max
  }

  /** How many are busy. */
  get used(): number {
    return this.total
  }

  get free(): number {
    return this.max - this.total
  }

  canAcquire(functionId: string): boolean {
    const own = this.held.get(functionId) ?? 0
    if (own === 0) return this.free > 0
    return this.free > 1 && own < FACTOR * this.free
  }

  acquire(functionId: string): void {
    this.total++
    this.held.set(functionId, (this.held.get(functionId) ?? 0) + 1)
  }

  release(functionId: string): void {
    this.total--
    const left = (this.held.get(functionId) ?? 1) - 1
    if (left === 0) this.held.delete(functionId)
    else this.held.set(functionId, left)
  }
}
