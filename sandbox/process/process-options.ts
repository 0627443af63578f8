/** What every sandbox process of a server is started with. */
import type { HostEntry } from '../rpc/host-functions.js'
import type { StartPriority } from './start-priority.js'

export interface ProcessOptions {
  readonly command: readonly [command: string, args: readonly string[]]
  readonly entries: ReadonlyArray<HostEntry | undefined>
  /** V8's code of the child's program, to begin with; undefined: the child compiles it. */
  readonly codeCache: Buffer | undefined
  /** The encoded hello frame. */
  readonly hello: Buffer
  readonly frameLimit: number
  readonly responseLimit: number
  readonly memoryMb: number
  readonly priority: StartPriority
  /** Milliseconds. */
  readonly timeoutMs: number
  readonly baseUrl: () => string
  readonly onInternalError: (name: string, error: unknown) => void
}
