/**
 * How long this server holds the jobs that it runs for certain, by a clock that nobody sets. It gives a job up before
 * its lease ends, so that no other server takes over what still runs here, also where clocks differ by some seconds.
 */
import type { ClaimedJob } from '../../core/contracts/jobs.js'

/** How long a claim or a renewal gives a server the job, by the clock of the data. */
export const LEASE_MS = 30_000
/** A third less than the lease lasts. */
const HELD_MS = (LEASE_MS * 2) / 3

export class HeldLeases {
  /** Until when, of `performance.now()`. */
  private readonly until = new Map<ClaimedJob, number>()

  /** `began`: before the claim. */
  add(job: ClaimedJob, began: number): void {
    this.until.set(job, began + HELD_MS)
  }

  remove(job: ClaimedJob): void {
    this.until.delete(job)
  }

  /** Once false, false for ever. */
  readonly isHeld = (job: ClaimedJob): boolean => {
    const until = this.until.get(job)
    if (until === undefined || performance.now() < until) return true
    this.until.set(job, -Infinity)
    return false
  }

  /** To be called before a renewal; gives what is to be called when it is durable. */
  renew(): () => void {
    const until = performance.now() + HELD_MS
    const jobs = [...this.until.keys()].filter(this.isHeld)
    return () => {
      for (const job of jobs) {
        if (this.until.has(job) && this.isHeld(job)) this.until.set(job, until)
      }
    }
  }
}
