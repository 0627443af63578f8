import assert from 'node:assert/strict'
import { checkAcknowledged, checkEnd } from '../checks.js'
import { startLoad } from '../load.js'
import { until } from '../server.js'
import { inWorld } from '../world.js'

/** Kills sandboxes at random under load; every call is answered, and the history says what the callers heard. */
export const killSandboxes = ({ kills }: { kills: number }): Promise<string> =>
  inWorld(async world => {
    const server = await world.start()
    const descriptors = server.descriptors()
    const load = startLoad(() => server.base, world.functionId, 16)
    for (let killed = 0; killed < kills;) {
      const before = load.report.acknowledged.length
      await until('calls are answered', () => load.report.acknowledged.length > before + 10)
      for (const victim of server.sandboxes()) {
        if (Math.random() < 0.5) continue
        try {
          process.kill(victim, 'SIGKILL')
          killed++
        } catch {
          /* It ended by itself. */
        }
      }
    }
    const { acknowledged, broken, refused } = await load.stop()
    assert.equal(broken, 0, 'every call is answered')
    // 500 where sandboxes were killed faster than they start.
    assert.deepEqual(
      [...refused.keys()].filter(status => status !== 500 && status !== 503),
      [],
      'what is refused is told so'
    )
    await checkAcknowledged(server, world.functionId, acknowledged)
    await checkEnd(server, world, descriptors)
    return `${kills} kills of sandboxes, ${acknowledged.length} answers, ${acknowledged.filter(({ status }) => status === 500).length} of them failures`
  })
