/** Starting the operating system's process of a sandbox. */
import { execa } from 'execa'

type Command = readonly [command: string, args: readonly string[]]

/**
 * An empty environment, the root folder, no descriptor but the channel. It is killed with the server where
 * that ends in order; where it does not, the closed channel or the parent's death ends it. The promise gives
 * how it ended and never rejects.
 */
export const spawnSandbox = ([file, args]: Command) =>
  execa(file, args, {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    env: {},
    extendEnv: false,
    cwd: '/',
    buffer: false,
    reject: false
  })

/** Starts the command once more to hear what it complains of; at most 20 s and 2,000 characters. */
export async function diagnoseStart([file, args]: Command): Promise<string> {
  const { stderr, shortMessage } = await execa(file, args, {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    env: {},
    extendEnv: false,
    cwd: '/',
    reject: false,
    timeout: 20_000,
    killSignal: 'SIGKILL',
    buffer: { fd3: false }
  })
  return (stderr.trim() || shortMessage || 'it says nothing').slice(0, 2000)
}
