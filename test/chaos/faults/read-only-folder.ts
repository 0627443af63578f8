import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { checkAnswers, checkIntegrity } from '../checks.js'
import { inWorld } from '../world.js'

/** Whether this machine lets us make a read-only view of a folder for one process. */
export function canMakeReadOnly(): boolean {
  try {
    execFileSync('unshare', ['--mount', '--map-root-user', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** On a folder that cannot be written the server does not start, and says why in one message. */
export const readOnlyFolder = (): Promise<string> =>
  inWorld(async world => {
    const script = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
    const prefix = ['unshare', '--mount', '--map-root-user', 'sh', '-c', script, world.folder]
    const complaint = await world.start({ prefix }).then(
      () => 'it started',
      (error: Error) => error.message
    )
    assert.match(
      complaint,
      /ended with 1: Moonlet could not start\. .*(cannot be (opened|written)|read-only)/s
    )
    assert.doesNotMatch(complaint, /\n\s+at /, 'without a stack trace')
    const server = await world.start()
    await checkAnswers(server, world.functionId)
    assert.equal(await server.end('SIGTERM'), 0)
    checkIntegrity(world.folder)
    return 'a start on a read-only folder, refused with a reason'
  })
