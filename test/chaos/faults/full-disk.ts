import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { checkAcknowledged, checkEnd } from '../checks.js'
import { createClient } from '../client.js'
import { startLoad } from '../load.js'
import { until } from '../server.js'
import { inWorld } from '../world.js'

/**
 * No byte more fits on the disk: a limit on the size of the server's files refuses every write that makes one
 * grow. Calls fail without killing the server, /readyz says so, and all is well once there is room again.
 */
export const fullDisk = ({ rounds }: { rounds: number }): Promise<string> =>
  inWorld(async world => {
    const server = await world.start()
    const descriptors = server.descriptors()
    const client = createClient(1)
    const load = startLoad(() => server.base, world.functionId, 8)
    const limit = (size: number | 'unlimited') => {
      execFileSync('prlimit', ['--pid', String(server.pid), `--fsize=${size}:unlimited`])
    }
    try {
      for (let round = 0; round < rounds; round++) {
        const before = load.report.acknowledged.length
        await until('calls are answered', () => load.report.acknowledged.length > before + 20)
        limit(statSync(join(world.folder, 'moonlet.db-wal')).size)
        const failed = () => load.report.refused.get(500) ?? 0
        const failedBefore = failed()
        await until('calls fail while the disk is full', () => failed() > failedBefore)
        await until(
          'the server says that it is not ready',
          async () => (await client.call(`${server.base}/readyz`)).status === 503
        )
        assert.equal((await client.call(`${server.base}/healthz`)).status, 200, 'but it is alive')
        limit('unlimited')
      }
      const { acknowledged, broken, refused } = await load.stop()
      assert.equal(broken, 0, 'every call is answered')
      await checkAcknowledged(server, world.functionId, acknowledged)
      await checkEnd(server, world, descriptors)
      return `${rounds} times a full disk, ${acknowledged.length} acknowledged executions all there, ${refused.get(500) ?? 0} failures told as such`
    } finally {
      await load.stop()
      await client.close()
    }
  })
