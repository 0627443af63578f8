/** What a process holds for itself, as the kernel counts it; and what the machine still has. */
import { readFileSync } from 'node:fs'
import { freemem } from 'node:os'

const KIB = 1024

/**
 * Bytes of anonymous memory in RAM: without the pages of Node's program, which all sandbox processes share. Takes
 * some 20 µs. Undefined where /proc does not tell.
 */
export function privateBytes(pid: number | undefined): number | undefined {
  const kib = /^RssAnon:\s+(\d+) kB$/m.exec(read(`/proc/${pid ?? 0}/status`))?.[1]
  return kib === undefined ? undefined : Number(kib) * KIB
}

/** The folder of the server's control group (version 2); undefined where it has none. */
const group = /^0::(\/.*)$/m.exec(read('/proc/self/cgroup'))?.[1]
const folder = group === undefined ? undefined : `/sys/fs/cgroup${group}`

/** Bytes that can still be had without swapping: of the machine, or of the control group where that has less. */
export function availableBytes(): number {
  const machine = freemem()
  if (folder === undefined) return machine
  const limit = Number(read(`${folder}/memory.max`) || NaN)
  const used = Number(read(`${folder}/memory.current`) || NaN)
  if (!Number.isFinite(limit) || !Number.isFinite(used)) return machine
  return Math.min(machine, limit - used + reclaimableBytes(folder))
}

/** Pages of files, which the kernel takes back when it needs memory. */
function reclaimableBytes(of: string): number {
  const pages = read(`${of}/memory.stat`).matchAll(/^(?:in)?active_file (\d+)$/gm)
  return Array.from(pages, ([, bytes]) => Number(bytes)).reduce((sum, bytes) => sum + bytes, 0)
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
