/**
 * How much private memory Node maps before any work, which differs by hundreds of MiB between versions of
 * Node (some map a region for compiled code ahead). The limit of a sandbox process comes on top of it.
 */
import { readFile } from 'node:fs/promises'
import { stoppedFault } from './exit-fault.js'
import { SandboxProcess, type ProcessOptions } from './process.js'

const ignore = { onReady () {}, onRunEnd () {}, onGone () {} }

/**
 * Starts a process, reads its data segment as the kernel counts it for RLIMIT_DATA, in bytes, and ends it.
 * Undefined where /proc does not tell or the process does not start.
 */
export async function measureBaseline (options: ProcessOptions): Promise<number | undefined> {
  const process = new SandboxProcess(options, ignore)
  const status = await process.greeted ? await readFile(`/proc/${process.pid}/status`, 'utf8').catch(() => '') : ''
  process.kill(stoppedFault)
  const kib = /^VmData:\s+(\d+) kB$/m.exec(status)?.[1]
  return kib === undefined ? undefined : Number(kib) * 1024
}
