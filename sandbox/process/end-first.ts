/**
 * Who is ended when memory runs out. The kernel takes the largest process of the machine or container, and that is the
 * server unless it is told of others; a sandbox is one failed execution, the server is all of them.
 */
import { writeFileSync } from 'node:fs'

/** The most that there is: before everything else, the largest first. */
export const END_FIRST = 1_000

/** For a process that was started just now, which cannot take it back. Needs no rights. */
export function endFirst(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, `${END_FIRST}`)
  } catch {
    /* It has ended, or there is no such file: the kernel chooses as ever. */
  }
}
