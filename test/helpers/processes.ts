/** What the system knows of processes. */
import { readdirSync, readFileSync } from 'node:fs'

const readProc = (path: string): string => {
  try {
    return readFileSync(`/proc/${path}`, 'utf8')
  } catch {
    return ''
  }
}

/** Process ids of those that a process has started; none of one that is gone. */
export const childrenOf = (parent: number): number[] =>
  readdirSync('/proc')
    .filter(entry => /^\d+$/.test(entry))
    .map(Number)
    .filter(pid => Number(/\) \S (\d+)/.exec(readProc(`${pid}/stat`))?.[1]) === parent)

/** A process and all that it has started, and so on. */
export const treeOf = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(treeOf)]

/** Program and arguments; those of a process that is gone are empty. */
export const commandOf = (pid: number): string[] => readProc(`${pid}/cmdline`).split('\0')

/** Whether the process is there and no zombie. */
export const isAlive = (pid: number): boolean => /\) [^Z] /.test(readProc(`${pid}/stat`))
