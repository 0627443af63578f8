/** Which due jobs are claimed together. */

export interface Share<Job> {
  readonly functionRowId: number
  /** Those that are due, in their order. */
  readonly jobs: Job[]
  running: number
  readonly max: number
}

/**
 * One of each function in turn. A function gets another one only while more stay free than it runs, so that slow jobs
 * of one never keep those of others from beginning.
 */
export function chooseJobs<Job>(
  shares: readonly Share<Job>[],
  limit: number,
  places: number
): { readonly functionRowId: number; readonly jobs: Job[] }[] {
  const chosen = new Map<number, Job[]>()
  let left = limit
  let free = places
  for (let isProgress = true; isProgress && left > 0;) {
    isProgress = false
    for (const share of shares) {
      if (left === 0 || share.running >= share.max || share.running >= free) continue
      const job = share.jobs.shift()
      if (job === undefined) continue
      const jobs = chosen.get(share.functionRowId)
      if (jobs === undefined) chosen.set(share.functionRowId, [job])
      else jobs.push(job)
      share.running++
      free--
      left--
      isProgress = true
    }
  }
  return [...chosen].map(([functionRowId, jobs]) => ({ functionRowId, jobs }))
}
