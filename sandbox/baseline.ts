/**
 * How much private memory Node maps before any work, which differs by hundreds of MiB between versions of
 * Node (some map a region for compiled code ahead). Read off the first process, which gets its limit
 * afterwards; the later ones start with it.
 */
import { readFile } from 'node:fs/promises'
import { execa } from 'execa'

/** Bytes of the process's data segment as the kernel counts them for RLIMIT_DATA; undefined where /proc does not tell. */
export async function readDataSize (pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const kib = /^VmData:\s+(\d+) kB$/m.exec(status)?.[1]
  return kib === undefined ? undefined : Number(kib) * 1024
}

/** Bounds the memory of a running process. `prlimit` is the tool's path. */
export async function limitData (prlimit: string, pid: number, bytes: number): Promise<void> {
  await execa(prlimit, ['--pid', String(pid), `--data=${bytes}`], { env: {}, extendEnv: false, stdio: 'ignore', timeout: 5000 })
}
