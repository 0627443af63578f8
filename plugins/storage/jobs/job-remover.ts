/** Jobs of a function that is removed. Every method must be called within a batch. */
import type { JobParts } from './job-parts.js'

export interface JobRemover {
  /** Nobody sees or claims them any more. */
  hideOf(functionRowId: number): void
  /** Deletes some of them; returns how many. */
  removeOf(functionRowId: number): number
}

const STEP = 100

export const createJobRemover = ({ sql, counts, queues }: JobParts): JobRemover => ({
  hideOf(functionRowId) {
    counts.drop(functionRowId)
    queues.drop(functionRowId)
  },
  removeOf(functionRowId) {
    const seqs = sql.ofFunction.all(functionRowId, STEP)
    for (const seq of seqs) {
      sql.removeEvent.run(seq)
      sql.remove.run(seq)
    }
    return seqs.length
  }
})
