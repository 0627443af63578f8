/** Jobs that wait for a sandbox: first come, first served within an owner (a function), by turns between owners. */
import type { Run } from './run.js'

export class FairQueue {
  size = 0
  /** In the order of their turns. */
  private readonly lanes = new Map<string, Run[]>()

  has (owner: string): boolean { return this.lanes.has(owner) }

  push (owner: string, run: Run): void {
    const lane = this.lanes.get(owner)
    if (lane === undefined) this.lanes.set(owner, [run])
    else lane.push(run)
    this.size++
  }

  /** Puts runs back in front of their owner's others; they had their turn already. */
  putBack (owner: string, runs: readonly Run[]): void {
    if (runs.length === 0) return
    this.lanes.set(owner, [...runs, ...this.lanes.get(owner) ?? []])
    this.size += runs.length
  }

  /** Offers the first run of each owner by turns until nobody's is taken; an owner that had its turn goes last. */
  drain (take: (run: Run) => boolean): void {
    for (const [owner, lane] of this.lanes) {
      if (!take(lane[0] as Run)) continue
      this.size--
      lane.shift()
      this.lanes.delete(owner)
      // Set again while iterating: visited once more, after the others.
      if (lane.length > 0) this.lanes.set(owner, lane)
    }
  }

  /** Takes out what was queued before `time` (of `performance.now()`). */
  expire (time: number): Run[] {
    const expired: Run[] = []
    for (const [owner, lane] of this.lanes) {
      const kept = lane.filter(run => run.queuedAt > time)
      if (kept.length === lane.length) continue
      expired.push(...lane.filter(run => run.queuedAt <= time))
      if (kept.length === 0) this.lanes.delete(owner)
      else this.lanes.set(owner, kept)
    }
    this.size -= expired.length
    return expired
  }

  clear (): Run[] {
    const runs = [...this.lanes.values()].flat()
    this.lanes.clear()
    this.size = 0
    return runs
  }

  /** Owners and how many runs of each wait; the first of each as an example of its key. */
  * waiting (): Iterable<readonly [owner: string, first: Run, count: number]> {
    for (const [owner, lane] of this.lanes) yield [owner, lane[0] as Run, lane.length]
  }
}
