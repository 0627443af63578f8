/**
 * How many sandbox processes a second this machine can start, one after the other on every core, doing nothing
 * else.
 */
import { availableParallelism } from 'node:os'
import { loadConfig } from '../../config/load.js'
import { toManifest } from '../../core/lua/manifest.js'
import { stoppedFault } from '../../sandbox/process/exit-error.js'
import { createSandboxFactory } from '../../sandbox/process/sandbox-factory.js'
import { allModules } from '../plugins/lua-docs/support/modules.js'

const ignore = { onReady() {}, onPrepared() {}, onInvocationEnd() {}, onExit() {} }

/** Starts per second; each process is ready for its first run before it is ended. */
export async function measureChildStarts(seconds: number): Promise<number> {
  const factory = await createSandboxFactory({
    settings: loadConfig({}),
    manifest: toManifest(allModules),
    modules: [],
    baseUrl: () => '',
    onInternalError: (name, error) => {
      throw new Error(name, { cause: error })
    }
  })
  const end = performance.now() + seconds * 1000
  let started = 0
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      while (performance.now() < end) {
        const process = factory.start(ignore)
        if (!(await process.handshake)) {
          throw new Error(`A sandbox process does not start: ${await factory.diagnoseStart()}`)
        }
        process.kill(stoppedFault)
        await process.exited
        started++
      }
    })
  )
  await factory.stop()
  return started / seconds
}
