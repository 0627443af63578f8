/** The command that starts a sandbox process behind the barriers that are up. */
import { realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Barriers } from './barriers.js'

const MIB = 1024 * 1024
/** What V8 needs for itself and as slack between collections, in MiB. */
const OWN_HEAP_MB = 32

export interface CommandOptions {
  readonly barriers: Barriers
  /** Memory of one process (SANDBOX_MEMORY_MB). */
  readonly memoryMb: number
  /** Data segment of an idle process, in bytes, as measured; undefined: not limited (yet). */
  readonly baseline: number | undefined
  /** The child's program. */
  readonly program: string
  /** Bytes of V8's code that come first on the channel. */
  readonly codeBytes: number
}

export const childProgram = (): string => realpathSync(fileURLToPath(new URL('./child.cjs', import.meta.url)))

/**
 * V8 11 (Node 20) optimizes a function after 66 KiB of executed bytecode, which for the engine's main loop is within
 * a few hundred short runs, and a fifth of a second of processor time. Four times as much is where a process of
 * 1,000 runs costs no more than one that is never optimized, and one of 10,000 a tenth more than with the default.
 * Later versions have counts of calls in its place, and wait long enough.
 */
const compilerFlags: readonly string[] = process.versions.v8.startsWith('11.') ? ['--interrupt-budget=264000'] : []

/** The whole command line: barriers, Node, its flags, the child's program. */
export function sandboxCommand ({ barriers, memoryMb, baseline, program, codeBytes }: CommandOptions): readonly [command: string, args: readonly string[]] {
  const node = [
    process.execPath,
    barriers.permissions,
    `--allow-fs-read=${program}`,
    `--allow-fs-read=${dirname(program)}/child-program.js`,
    '--no-warnings',
    '--disallow-code-generation-from-strings',
    `--max-old-space-size=${memoryMb + OWN_HEAP_MB}`,
    '--max-semi-space-size=4',
    ...compilerFlags,
    program,
    String(codeBytes)
  ]
  const data = barriers.prlimit !== undefined && baseline !== undefined ? withDataLimit(barriers.prefix, dataLimit(baseline, memoryMb)) : barriers.prefix
  const [command, ...args] = [...data, ...node]
  return [command as string, args]
}

/**
 * Bytes of private writable memory: what Node maps by itself, the heap at its limit, and room for compiled
 * code, the young generation, the copy of a table that grows, and what frames hold outside the heap.
 */
export const dataLimit = (baseline: number, memoryMb: number): number => baseline + (Math.ceil(memoryMb * 1.5) + OWN_HEAP_MB + 32) * MIB

const withDataLimit = (prefix: readonly string[], bytes: number): readonly string[] =>
  prefix.map(part => part === '--core=0' ? [part, `--data=${bytes}`] : [part]).flat()
