/**
 * What one process is started for, before all others.
 *
 * How much private memory Node maps before any work differs by hundreds of MiB between versions of Node (some map a
 * region for compiled code ahead); the limit of a sandbox process is added to it. And V8's code of the child's
 * program, which no Lua code has been near, saves all others its compilation. And whether priorities can be changed.
 */
import { readFile } from 'node:fs/promises'
import { stoppedFault } from './exit-error.js'
import type { ProcessOptions } from './process-options.js'
import { SandboxProcess } from './sandbox-process.js'
import { probeStartPriority, unchangedPriority, type StartPriority } from './start-priority.js'

const ignore = { onReady() {}, onPrepared() {}, onInvocationEnd() {}, onExit() {} }

export interface Calibration {
  /** The data segment as the kernel counts it for RLIMIT_DATA; undefined where /proc does not tell. */
  readonly dataBytes: number | undefined
  readonly codeCache: Buffer | undefined
  readonly priority: StartPriority
}

/** Starts a process with a hello that asks for its code, and ends it. Nothing is known when it does not start. */
export async function calibrate(options: ProcessOptions): Promise<Calibration> {
  const process = new SandboxProcess(options, ignore)
  const pid = (await process.handshake) ? process.pid : undefined
  const status =
    pid === undefined ? '' : await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const priority = pid === undefined ? unchangedPriority : probeStartPriority(pid)
  process.kill(stoppedFault)
  const kib = /^VmData:\s+(\d+) kB$/m.exec(status)?.[1]
  return {
    dataBytes: kib === undefined ? undefined : Number(kib) * 1024,
    codeCache: process.codeCache,
    priority
  }
}
