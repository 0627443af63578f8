/** The command that starts a sandbox process behind the barriers that are up. */
import { realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Barriers } from './barriers.js'
import type { Command } from './spawn.js'

const MIB = 1024 * 1024
/** What V8 needs for itself and as slack between collections, in MiB. */
const OWN_HEAP_MB = 32

export interface CommandOptions {
  readonly barriers: Barriers
  /** Memory of one process (SANDBOX_MEMORY_MB). */
  readonly memoryMb: number
  /** Data segment of an idle process, in bytes, as measured; undefined: not limited (yet). */
  readonly baseDataBytes: number | undefined
  /** The child's program. */
  readonly program: string
  /** Bytes of V8's code that come first on the channel. */
  readonly codeBytes: number
}

export const childProgram = (): string =>
  realpathSync(fileURLToPath(new URL('../child.cjs', import.meta.url)))

/**
 * How often a function is called, or its loop goes round, before V8 optimizes it for the first time, in place of 400
 * and 100. With V8's own numbers it compiles the engine's main loop before the first run, from the little that it has
 * seen, and again soon after: a tenth of a start, and 3 MiB that an idle process keeps (test/bench/NOTES.md).
 */
const compilerFlags: readonly string[] = [
  '--invocation-count-for-maglev=1500',
  '--invocation-count-for-maglev-osr=1000'
]

/**
 * V8's baseline tier compiles on the main thread. Where it has a thread of its own, a start takes 1 ms more, and the
 * process keeps 0.4 MiB more (test/bench/NOTES.md).
 */
const baselineFlags: readonly string[] = ['--no-concurrent-sparkplug']

/** The whole command line: barriers, Node, its flags, the child's program. */
export function sandboxCommand({
  barriers,
  memoryMb,
  baseDataBytes,
  program,
  codeBytes
}: CommandOptions): Command {
  const node = [
    process.execPath,
    // Node's permission model: no files but these two, no child processes, workers or addons.
    '--permission',
    `--allow-fs-read=${program}`,
    `--allow-fs-read=${dirname(program)}/child-program.js`,
    '--no-warnings',
    '--disallow-code-generation-from-strings',
    `--max-old-space-size=${memoryMb + OWN_HEAP_MB}`,
    '--max-semi-space-size=4',
    // For `rest`; Lua cannot reach it.
    '--expose-gc',
    ...compilerFlags,
    ...baselineFlags,
    program,
    String(codeBytes)
  ]
  const prefix = barriers.toPrefix(dataLimit(baseDataBytes, memoryMb))
  const [command, ...args] = [...prefix, ...node]
  return [command as string, args]
}

/**
 * Bytes of private writable memory: what Node maps by itself, the heap at its limit, and room for compiled
 * code, the young generation, the copy of a table that grows, and what frames hold outside the heap.
 * Undefined before the first has been measured.
 */
const dataLimit = (baseDataBytes: number | undefined, memoryMb: number): number | undefined =>
  baseDataBytes === undefined
    ? undefined
    : baseDataBytes + (Math.ceil(memoryMb * 1.5) + OWN_HEAP_MB + 32) * MIB
