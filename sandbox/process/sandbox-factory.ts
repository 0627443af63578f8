/** Everything that is the same for all sandbox processes of a server: barriers, command, hello, host functions. */
import { luaBytes } from '../rpc/lua-memory.js'
import type { Manifest } from '../../core/lua/manifest.js'
import type { LuaModule } from '../../core/lua/module.js'
import type { Config } from '../../config/schema.js'
import { bareBarriers, probeBarriers, type Barriers } from './barriers.js'
import { calibrate } from './calibration.js'
import { encodeFrame } from '../protocol/codec.js'
import { childProgram, sandboxCommand } from './command.js'
import { compileHostFunctions } from '../rpc/host-functions.js'
import type { ProcessOptions } from './process-options.js'
import { ProcessStarts } from './process-starts.js'
import type { ProcessListener, SandboxProcess } from './sandbox-process.js'
import { PROTOCOL_VERSION, ToChild, type ChildLimits } from '../protocol/frames.js'
import { diagnoseStart } from './diagnose-start.js'
import { unchangedPriority } from './start-priority.js'

const MIB = 1024 * 1024
/** What a frame may have beyond the largest body: headers, paths, framing. */
const FRAME_ROOM = 2 * MIB

export type SandboxFactorySettings = Pick<
  Config,
  'SANDBOX_MEMORY_MB' | 'EXECUTION_TIMEOUT' | 'RESPONSE_LIMIT' | 'BODY_LIMIT'
>

/** What `onInternalError` is told of where no process can be started. */
export const SANDBOX_START = 'sandbox start'

export interface SandboxFactoryOptions {
  readonly settings: SandboxFactorySettings
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

export interface SandboxFactory {
  readonly barriers: Barriers
  readonly timeoutMs: number
  /** Starts a process. */
  start(listener: ProcessListener): SandboxProcess
  /** Ends what starts processes, and so those that are left. */
  stop(): Promise<void>
  /** How often each host function was called, by `module.function`. */
  hostCalls(): Readonly<Record<string, number>>
  /** Tells the log what goes wrong inside the sandbox. */
  report(name: string, error: unknown): void
  /** What a start that fails complains of. */
  diagnoseStart(): Promise<string>
}

/** Finds out what this machine can do and how much memory Node needs here. Never rejects for what is missing. */
export async function createSandboxFactory(
  options: SandboxFactoryOptions
): Promise<SandboxFactory> {
  const { settings, manifest, modules, program = childProgram() } = options
  const memoryMb = settings.SANDBOX_MEMORY_MB
  const frameLimit =
    Math.max(settings.BODY_LIMIT, settings.RESPONSE_LIMIT, (memoryMb * MIB) / 4) + FRAME_ROOM
  const limits: ChildLimits = [frameLimit, settings.RESPONSE_LIMIT, luaBytes(memoryMb)]
  const toHello = (wantsCode: boolean): Buffer =>
    encodeFrame([ToChild.hello, PROTOCOL_VERSION, JSON.stringify(manifest), limits, wantsCode])
  const bare: ProcessOptions = {
    command: sandboxCommand({
      barriers: await bareBarriers(),
      memoryMb,
      baseDataBytes: undefined,
      program,
      codeBytes: 0
    }),
    codeCache: undefined,
    entries: compileHostFunctions(modules),
    hello: toHello(true),
    frameLimit,
    responseLimit: settings.RESPONSE_LIMIT,
    memoryMb,
    priority: unchangedPriority,
    timeoutMs: options.timeoutMs ?? settings.EXECUTION_TIMEOUT * 1000,
    baseUrl: options.baseUrl,
    onInternalError: options.onInternalError
  }
  const [barriers, { dataBytes, codeCache, priority }] = await Promise.all([
    probeBarriers(program),
    calibrate(bare)
  ])
  const command = sandboxCommand({
    barriers,
    memoryMb,
    baseDataBytes: dataBytes,
    program,
    codeBytes: codeCache?.length ?? 0
  })
  const processOptions = { ...bare, command, codeCache, priority, hello: toHello(false) }
  const starts = new ProcessStarts(processOptions, {
    command,
    setpriv: barriers.setpriv,
    priority
  })

  return {
    barriers,
    timeoutMs: bare.timeoutMs,
    start: listener => starts.start(listener),
    stop: () => starts.stop(),
    hostCalls: () =>
      Object.fromEntries(
        bare.entries.flatMap(entry => (entry === undefined ? [] : [[entry.name, entry.calls]]))
      ),
    report: options.onInternalError,
    diagnoseStart: () => diagnoseStart(processOptions.command)
  }
}
