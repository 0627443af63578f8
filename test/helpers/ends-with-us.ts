/** Programs that end with the process that started them, even when that is killed and can tell them nothing. */
import { existsSync } from 'node:fs'

const SETPRIV = '/usr/bin/setpriv'

/**
 * The command and arguments, for `spawn`, by which the kernel sends a program the signal when this process is gone.
 * The process id is that of the program. Without setpriv, of util-linux, it is started as it is.
 */
export function endsWithUs(
  signal: 'KILL' | 'TERM' | 'QUIT',
  program: string,
  args: readonly string[]
): [string, string[]] {
  if (!existsSync(SETPRIV)) return [program, [...args]]
  return [SETPRIV, ['--pdeathsig', signal, '--', program, ...args]]
}
