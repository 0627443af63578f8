/** Starting the operating system's process of a sandbox. */
import { spawn, type ChildProcess } from 'node:child_process'
import { Duplex, type Readable } from 'node:stream'
import { endFirst } from './end-first.js'
import { unchangedPriority } from './start-priority.js'

export type Command = readonly [command: string, args: readonly string[]]

/**
 * All that the environment holds, for glibc. One pool of memory for all threads of a process, where it makes one for
 * each that compiles: up to 4 MiB which nobody uses. And blocks from 32 KiB on, the size in which V8's compilers take
 * their memory, are mappings of their own: among small blocks that stay they could not be given back (PERFORMANCE.md).
 */
export const environment: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: '32768'
}

/** New each time, since Node writes into the environment that it is given. */
export const surroundings = () => ({ env: { ...environment }, cwd: '/' })

/** How a process ended. */
export interface Ending {
  readonly exitCode: number | null
  readonly signal: string | null
}

/** The promise settles when it has ended, and never rejects. */
export type SpawnedProcess<C = Duplex> = Promise<Ending> & {
  readonly pid: number | undefined
  readonly channel: C
  readonly kill: (signal: NodeJS.Signals) => void
}

const alive = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL')
})

/**
 * An empty environment but for the allocator, the root folder, no descriptor but the channel. It is killed with the
 * server where that ends in order; where it does not, the closed channel or the parent's death ends it. By Node's own
 * means: a library for it took 0.7 ms of the server for each start, which calls wait for.
 */
export function spawnSandbox([file, args]: Command, priority = unchangedPriority): SpawnedProcess {
  let child: ChildProcess
  try {
    child = spawn(file, args, { ...surroundings(), stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  } catch {
    return notStarted()
  }
  const channel = child.stdio?.[3] as Duplex | undefined
  alive.add(child)
  if (child.pid !== undefined) {
    endFirst(child.pid)
    priority.lower(child.pid)
  }
  const ended = new Promise<Ending>(resolve => {
    const end = (exitCode: number | null, signal: string | null): void => {
      alive.delete(child)
      resolve({ exitCode, signal })
    }
    child.once('exit', end)
    child.on('error', () => {
      if (child.pid === undefined) end(null, null)
    })
  })
  return Object.assign(ended, {
    pid: child.pid,
    channel: channel ?? closedChannel(),
    kill: (signal: NodeJS.Signals) => {
      child.kill(signal)
    }
  })
}

/** The machine has no more processes or descriptors to give. */
const notStarted = (): SpawnedProcess =>
  Object.assign(Promise.resolve({ exitCode: null, signal: null }), {
    pid: undefined,
    channel: closedChannel(),
    kill: () => {}
  })

export const closedChannel = (): Duplex => new Duplex().destroy()

/** Whether something adds to the environment of all children, beside what they are given; true where none starts. */
export async function hasAddedEnvironment(env: string): Promise<boolean> {
  const child = spawn(env, [], { ...surroundings(), stdio: ['ignore', 'pipe', 'ignore'] })
  const given = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`)
  return await new Promise(resolve => {
    let text = ''
    child.on('error', () => {
      resolve(true)
    })
    // Not there where no descriptor was to be had.
    const stdout = child.stdout as Readable | undefined
    stdout?.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
    })
    child.on('close', () => {
      resolve(text !== given.join(''))
    })
  })
}
