/**
 * What one process tells that all others begin with.
 *
 * How much private memory Node maps before any work differs by hundreds of MiB between versions of Node (some map
 * a region for compiled code ahead); the limit of a sandbox process comes on top of it. And the code that V8 made
 * of the child's program, which no Lua code has been near.
 */
import { readFile } from 'node:fs/promises'
import { stoppedFault } from './exit-error.js'
import { SandboxProcess, type ProcessOptions } from './sandbox-process.js'

const ignore = { onReady() {}, onRunEnd() {}, onGone() {} }

export interface Baseline {
  /** The data segment as the kernel counts it for RLIMIT_DATA, in bytes; undefined where /proc does not tell. */
  readonly data: number | undefined
  readonly code: Buffer | undefined
}

/** Starts a process with a hello that wants its code, and ends it. Tells nothing when it does not start. */
export async function measureBaseline(options: ProcessOptions): Promise<Baseline> {
  const process = new SandboxProcess(options, ignore)
  const status = (await process.greeted)
    ? await readFile(`/proc/${process.pid}/status`, 'utf8').catch(() => '')
    : ''
  process.kill(stoppedFault)
  const kib = /^VmData:\s+(\d+) kB$/m.exec(status)?.[1]
  return { data: kib === undefined ? undefined : Number(kib) * 1024, code: process.code }
}
