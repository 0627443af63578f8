/** What every sandbox process of a server is started with. */
import type { Duplex } from 'node:stream'
import type { HostEntry } from '../rpc/host-functions.js'
import type { Command, SpawnedProcess } from './spawn.js'
import type { StartPriority } from './start-priority.js'

export interface ProcessOptions {
  readonly command: Command
  /** Starts the command; undefined: the server does so itself. */
  readonly spawn?: () => SpawnedProcess<Duplex | Promise<Duplex>>
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
