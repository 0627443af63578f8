import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { checkEnd } from '../checks.js'
import { prepareMixedLoad } from '../mixed/load.js'
import { inWorld } from '../world.js'

/** Functions of every kind at once, with kills, timeouts and callers that hang up: everybody is answered as is due. */
export const mixedLoad = ({ ms }: { ms: number }): Promise<string> =>
  inWorld(async world => {
    const server = await world.start({
      settings: {
        EXECUTION_TIMEOUT: '1',
        SANDBOX_MAX: '8',
        SANDBOX_IDLE_SECONDS: '1',
        SANDBOX_MEMORY_MB: '64',
        HTTP_ALLOW_PRIVATE: 'true'
      }
    })
    const descriptors = server.descriptors()
    const mixed = await prepareMixedLoad(server)
    try {
      const load = mixed.start(150)
      await pause(ms)
      const { answers, done, wrong } = await load.stop()
      assert.deepEqual(wrong, [])
      for (const status of [200, 404, 500]) {
        assert.ok((answers.get(status) ?? 0) > 0, `some calls were answered with ${status}`)
      }
      await mixed.close()
      await checkEnd(server, world, descriptors)
      return `${[...answers.values()].reduce((a, b) => a + b, 0)} calls of ${mixed.callees.length} functions, ${done.kills} kills of sandboxes, ${done.hangups} callers that hung up`
    } finally {
      await mixed.close()
    }
  })
