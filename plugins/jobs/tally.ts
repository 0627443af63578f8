/** What attempts came to since the start, by function, for metrics. */
import type { SettledJob } from '../../core/contracts/jobs.js'

export class JobTally {
  readonly attempts = new Map<string, number>()
  readonly deaths = new Map<string, number>()

  readonly note = ({ job: { functionId }, end }: SettledJob): void => {
    add(this.attempts, functionId)
    if (end.status === 'dead') add(this.deaths, functionId)
  }
}

const add = (counts: Map<string, number>, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
