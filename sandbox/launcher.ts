/** Everything that is the same for all sandbox processes of a server: barriers, command, hello, host functions. */
import type { Manifest } from '../core/lua/manifest.js'
import type { LuaModule } from '../core/lua/module.js'
import type { Config } from '../config/schema.js'
import { probeBarriers, type Barriers } from './barriers.js'
import { limitData, readDataSize } from './baseline.js'
import { encodeFrame } from './protocol/codec.js'
import { dataLimit, sandboxCommand } from './command.js'
import { compileHostFunctions } from './host-functions.js'
import { SandboxProcess, type ProcessOptions, type ProcessOwner } from './process.js'
import { PROTOCOL_VERSION, ToChild, type ChildLimits } from './protocol.js'
import { explainStart } from './spawn.js'

const MIB = 1024 * 1024
/** What a frame may have beyond the largest body: headers, paths, framing. */
const FRAME_ROOM = 2 * MIB

export type LauncherSettings = Pick<Config, 'SANDBOX_MEMORY_MB' | 'EXECUTION_TIMEOUT' | 'RESPONSE_LIMIT' | 'BODY_LIMIT'>

export interface LauncherOptions {
  readonly settings: LauncherSettings
  readonly manifest: Manifest
  readonly modules: Iterable<LuaModule>
  /** Public address, for `ctx.baseUrl`; asked at each binding. */
  readonly baseUrl: () => string
  /** Gets what goes wrong inside host functions and the sandbox; Lua sees none of it. */
  readonly onInternalError: (name: string, error: unknown) => void
  /** The child's program; another one only in tests. */
  readonly program?: string
  /** Milliseconds, instead of EXECUTION_TIMEOUT; only in tests. */
  readonly timeoutMs?: number
}

export interface Launcher {
  readonly barriers: Barriers
  readonly timeoutMs: number
  launch (owner: ProcessOwner): SandboxProcess
  /** Bounds the memory of the first process and, by what it needs idle, of all later ones. */
  measure (first: SandboxProcess): Promise<void>
  /** What a start that fails complains of. */
  explain (): Promise<string>
}

export async function createLauncher (options: LauncherOptions): Promise<Launcher> {
  const { settings, manifest, modules, program } = options
  const barriers = await probeBarriers()
  const memoryMb = settings.SANDBOX_MEMORY_MB
  const frameLimit = Math.max(settings.BODY_LIMIT, settings.RESPONSE_LIMIT, memoryMb * MIB / 4) + FRAME_ROOM
  const limits: ChildLimits = [frameLimit, settings.RESPONSE_LIMIT, memoryMb * MIB]
  const command = (baseline: number | undefined) => sandboxCommand({ barriers, memoryMb, baseline, ...(program === undefined ? {} : { program }) })
  const timeoutMs = options.timeoutMs ?? settings.EXECUTION_TIMEOUT * 1000
  let processOptions: ProcessOptions = {
    command: command(undefined),
    entries: compileHostFunctions(modules),
    hello: encodeFrame([ToChild.hello, PROTOCOL_VERSION, JSON.stringify(manifest), limits]),
    frameLimit,
    responseLimit: settings.RESPONSE_LIMIT,
    memoryMb,
    timeoutMs,
    baseUrl: options.baseUrl,
    onInternalError: options.onInternalError
  }

  return {
    barriers,
    timeoutMs,
    launch: owner => new SandboxProcess(processOptions, owner),
    async measure (first) {
      if (barriers.prlimit === undefined || first.pid === undefined) return
      const baseline = await readDataSize(first.pid)
      if (baseline === undefined) return
      processOptions = { ...processOptions, command: command(baseline) }
      await limitData(barriers.prlimit, first.pid, dataLimit(baseline, memoryMb))
    },
    explain: () => explainStart(processOptions.command)
  }
}
