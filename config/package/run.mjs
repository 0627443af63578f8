/** Programs of the system that packing needs. */
import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Rejects with the command and what it complained about. */
export async function run(command, args, options = {}) {
  try {
    return (await execute(command, args, { maxBuffer: 1 << 26, ...options })).stdout
  } catch (error) {
    const words = error.stderr?.trim() || error.message
    throw new Error(`${command} ${args.join(' ')}: ${words}`, { cause: error })
  }
}

export const has = command =>
  spawnSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' }).status === 0

/**
 * The time that packed files carry, in Unix seconds, so that one state of the sources makes the same bytes each time:
 * SOURCE_DATE_EPOCH (reproducible-builds.org), or that of the last commit.
 */
export function sourceTime() {
  const given = process.env.SOURCE_DATE_EPOCH
  if (given !== undefined && given !== '') {
    if (!/^\d+$/.test(given)) throw new Error(`SOURCE_DATE_EPOCH is not a number: ${given}`)
    return Number(given)
  }
  try {
    return Number(execFileSync('git', ['log', '-1', '--format=%ct'], { stdio: 'pipe' }))
  } catch {
    return 0
  }
}
