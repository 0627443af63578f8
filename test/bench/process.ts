/** Server processes for the benchmark, and the memory they hold. */
import { spawn, type ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { watchServer } from '../../core/process/server-process.js'
import { startEnvironment } from '../helpers/start-environment.js'

export interface BenchProcess {
  readonly base: string
  readonly child: ChildProcess
  readonly stop: () => Promise<void>
}

/** Starts a built script and resolves when it says where it listens. `script` is relative to dist/, or absolute. */
export async function startProcess(
  script: string,
  environment: Record<string, string>
): Promise<BenchProcess> {
  const path = resolve(fileURLToPath(new URL('../..', import.meta.url)), script)
  const child = spawn(process.execPath, [path], {
    env: { ...startEnvironment, PATH: process.env.PATH ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const { base, ended } = watchServer(child)
  return {
    base: await base,
    child,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    }
  }
}

/** Proportional set size in MiB of a process and all its descendants. */
export function memoryOf(pid: number): { server: number; sandboxes: number; count: number } {
  const children = descendants(pid)
  return {
    server: pss(pid),
    sandboxes: children.reduce((sum, child) => sum + pss(child), 0),
    count: children.length
  }
}

/**
 * Milliseconds of processor time that a process (without its children) has used; as fine as the kernel's clock, 10
 * ms.
 */
export function processorTimeOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** Seconds of processor time of a process's main thread, where its event loop runs. */
export function loopTimeOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e9
}

/** Seconds of processor time that a process and all its descendants, the ended ones too, have used so far. */
export function processorTimesOf(pid: number): { server: number; sandboxes: number } {
  const [own, ended] = times(pid)
  // Those that the spawner has started are its children.
  const living = descendants(pid).flatMap(child => times(child))
  return { server: own, sandboxes: living.reduce((sum, seconds) => sum + seconds, ended) }
}

/** Its own, and that of the children it has waited for; Linux counts in hundredths of a second. */
function times(pid: number): readonly [own: number, ended: number] {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
      .map(Number)
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11)
    return [(user + system) / 100, (endedUser + endedSystem) / 100]
  } catch {
    return [0, 0]
  }
}

function descendants(pid: number): number[] {
  const parents = new Map<number, number[]>()
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    try {
      const parent = Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${entry}/stat`, 'utf8'))?.[1])
      parents.set(parent, [...(parents.get(parent) ?? []), Number(entry)])
    } catch {
      /* it ended meanwhile */
    }
  }
  const below = (id: number): number[] =>
    (parents.get(id) ?? []).flatMap(child => [child, ...below(child)])
  return below(pid)
}

function pss(pid: number): number {
  try {
    return (
      Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) /
      1024
    )
  } catch {
    return 0
  }
}
