/**
 * A small process that starts sandbox processes for the server, and gives it their channels. It knows one command, has
 * nothing of the server's memory or environment, and ends with it; what it has started ends with itself.
 *
 * The argument is a `SpawnerTask` in JSON.
 */
import { spawn } from 'node:child_process'
import type { Socket } from 'node:net'

export interface SpawnerTask {
  readonly command: readonly [file: string, args: readonly string[]]
  readonly environment: Readonly<Record<string, string>>
}

/** Start one process. */
export interface StartRequest {
  readonly id: number
}

export type SpawnerReport =
  /** Requests are carried out at once from now on. */
  | { readonly kind: 'up' }
  /** With it comes the server's end of the channel. `pid` undefined: the machine has no more processes to give. */
  | { readonly kind: 'started'; readonly id: number; readonly pid?: number | undefined }
  /** The spawner has let go of that end: nobody but the server reads from it. */
  | { readonly kind: 'released'; readonly id: number }
  | {
      readonly kind: 'ended'
      readonly id: number
      readonly exitCode: number | null
      readonly signal: string | null
    }

const { command, environment } = JSON.parse(process.argv[2] ?? '') as SpawnerTask

process.on('disconnect', () => {
  process.exit()
})
process.on('message', ({ id }: StartRequest) => {
  start(id)
})
report({ kind: 'up' })

function start(id: number): void {
  const [file, args] = command
  const child = spawn(file, args, {
    env: environment,
    cwd: '/',
    stdio: ['ignore', 'ignore', 'ignore', 'pipe']
  })
  // Why it did not start is found out by the server.
  child.on('error', () => {})
  const { pid } = child
  // Neither is there where no descriptor was to be had.
  const stdio = child.stdio as typeof child.stdio | undefined
  const channel = stdio?.[3] as Socket | undefined
  if (pid === undefined || channel === undefined) return report({ kind: 'started', id })
  child.on('exit', (exitCode, signal) => {
    report({ kind: 'ended', id, exitCode, signal })
  })
  process.send?.({ kind: 'started', id, pid } satisfies SpawnerReport, channel)
  // Node sends this once the server has confirmed that it has the channel, and ours is closed.
  report({ kind: 'released', id })
}

function report(message: SpawnerReport): void {
  process.send?.(message)
}
