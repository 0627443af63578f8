/** Jobs that wait for a sandbox: first come, first served within an owner (a function), by turns between owners. */
import type { Run } from './run.js'

export class FairQueue {
  size = 0
  /** In the order of their turns. */
  private readonly lanes = new Map<string, Run[]>()

  has (owner: string): boolean { return this.lanes.has(owner) }

  /** `limit`: places in all, which those owners that wait share equally once they are taken. */
  constructor (private readonly limit: number) {}

  /** Whether a further run of the owner would find no place. */
  refuses (owner: string): boolean {
    if (this.size < this.limit) return false
    const lane = this.lanes.get(owner)
    const owners = this.lanes.size + (lane === undefined ? 1 : 0)
    return ((lane?.length ?? 0) + 1) * owners > this.limit
  }

  /** Gives the run that is left without a place, if there is one: this one, or one of an owner with more than its share. */
  push (owner: string, run: Run): Run | undefined {
    if (this.refuses(owner)) return run
    const other = this.size < this.limit ? undefined : this.takeOfLongest()
    if (other === undefined && this.size >= this.limit) return run
    const lane = this.lanes.get(owner)
    if (lane === undefined) this.lanes.set(owner, [run])
    else lane.push(run)
    this.size++
    return other
  }

  /** Takes the last run of the owner with most; undefined when that one had begun already and was put back. */
  private takeOfLongest (): Run | undefined {
    let longest: [owner: string, lane: Run[]] | undefined
    for (const entry of this.lanes) if (longest === undefined || entry[1].length > longest[1].length) longest = entry
    if (longest === undefined || longest[1].at(-1)?.begun === true) return undefined
    const [owner, lane] = longest
    const run = lane.pop()
    if (lane.length === 0) this.lanes.delete(owner)
    this.size--
    return run
  }

  /** Puts runs back where they came from: among their owner's others by the time they were queued. */
  putBack (owner: string, runs: readonly Run[]): void {
    if (runs.length === 0) return
    this.lanes.set(owner, [...runs, ...this.lanes.get(owner) ?? []].sort((a, b) => a.queuedAt - b.queuedAt))
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
