/** What the machine, or the container or service that the server runs in, has for sandbox processes. */
import { readFileSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'

const MIB = 1024 ** 2
/** The default of SANDBOX_MEMORY_MB, in bytes. */
const PROCESS_BYTES = 128 * MIB
/** What an idle process holds at the least; Node's own share of it. */
const MIN_PROCESS_BYTES = 8 * MIB
/** Each process has some ten threads. */
const MAX_PROCESSES = 2048

/** Bytes, of the machine or of the control group where that has a limit. */
export function memoryBytes(): number {
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
}

/** Half of the memory, in whole MiB. */
export const defaultPoolBytes = (): number => Math.floor(memoryBytes() / 2 / MIB) * MIB

/** More than find room in that memory: what they hold is what bounds them. */
export const defaultSandboxMax = (): number =>
  Math.max(8, Math.min(MAX_PROCESSES, Math.floor(defaultPoolBytes() / MIN_PROCESS_BYTES)))

/**
 * As many as could each hold all that one may in a third of the memory, at most 32 for each core (fewer would keep
 * short runs waiting behind long ones), at least 8.
 */
export function defaultBusyMax(): number {
  const byMemory = Math.floor(memoryBytes() / 3 / PROCESS_BYTES)
  return Math.max(8, Math.min(byMemory, availableParallelism() * 32))
}

/** How many files and connections may be open at once; undefined where that is not bounded, or not told. */
export function maxOpenFiles(): number | undefined {
  try {
    const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return soft === undefined ? undefined : Number(soft)
  } catch {
    return undefined
  }
}
