/** What the system knows of processes. */
import { readdirSync, readFileSync } from 'node:fs'

const readProc = (path: string): string => {
  try {
    return readFileSync(`/proc/${path}`, 'utf8')
  } catch {
    return ''
  }
}

/** All processes, by the one that has started them. */
function childrenByParent(): Map<number, number[]> {
  const children = new Map<number, number[]>()
  for (const entry of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    const parent = /\) \S (\d+)/.exec(readProc(`${entry}/stat`))?.[1]
    if (parent === undefined) continue
    children.set(Number(parent), [...(children.get(Number(parent)) ?? []), Number(entry)])
  }
  return children
}

/** Process ids of those that a process has started; none of one that is gone. */
export const childrenOf = (parent: number): number[] => childrenByParent().get(parent) ?? []

/** A process and all that it has started, and so on. */
export function treeOf(pid: number, children = childrenByParent()): number[] {
  return [pid, ...(children.get(pid) ?? []).flatMap(child => treeOf(child, children))]
}

/** Program and arguments; those of a process that is gone are empty. */
export const commandOf = (pid: number): string[] => readProc(`${pid}/cmdline`).split('\0')

/** Whether the process is there and no zombie. */
export const isAlive = (pid: number): boolean => /\) [^Z] /.test(readProc(`${pid}/stat`))
