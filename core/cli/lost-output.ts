/**
 * What becomes of a command whose output cannot be written. Where nobody reads it any more (`moonlet openapi | head`),
 * it does in silence what it has to do; one that would go on for ever ends. Where there is no room, it says so and
 * fails.
 */
import { exitCodes } from './failure.js'

export interface WatchedOutput {
  /** From now on the process ends when nobody reads it. */
  endWhenUnread(): void
}

export function watchOutput({
  stdout,
  stderr
}: Pick<NodeJS.Process, 'stdout' | 'stderr'> = process): WatchedOutput {
  let isUnread = false
  let endsUnread = false
  const endIfUnread = (): void => {
    if (isUnread && endsUnread) process.exit(exitCodes.done)
  }
  // There is nobody left to tell.
  stderr.on('error', () => {})
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') {
      isUnread = true
      return endIfUnread()
    }
    stderr.write(`What the command says cannot be written: ${error.message}\n`)
    process.once('exit', code => {
      if (code === exitCodes.done) process.exitCode = exitCodes.failed
    })
  })
  return {
    endWhenUnread() {
      endsUnread = true
      endIfUnread()
    }
  }
}
