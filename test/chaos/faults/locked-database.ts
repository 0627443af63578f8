import assert from 'node:assert/strict'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { checkAcknowledged, checkEnd } from '../checks.js'
import { createClient } from '../client.js'
import { startLoad } from '../load.js'
import { inWorld } from '../world.js'

/** Another process holds the database's write lock; the server stays awake, waits, and loses nothing. */
export const lockedDatabase = ({ holdsMs }: { holdsMs: readonly number[] }): Promise<string> =>
  inWorld(async world => {
    const server = await world.start()
    const descriptors = server.descriptors()
    const client = createClient(1)
    const load = startLoad(() => server.base, world.functionId, 8)
    const intruder = new Database(join(world.folder, 'moonlet.db'), { timeout: 60_000 })
    try {
      for (const ms of holdsMs) {
        await pause(300)
        intruder.exec('begin immediate')
        await pause(ms / 2)
        assert.equal(
          (await client.call(`${server.base}/healthz`)).status,
          200,
          'the server is awake meanwhile'
        )
        await pause(ms / 2)
        intruder.exec('rollback')
      }
      const { acknowledged, broken } = await load.stop()
      assert.equal(broken, 0, 'every call is answered')
      await checkAcknowledged(server, world.functionId, acknowledged)
      await checkEnd(server, world, descriptors)
      return `${holdsMs.length} times a locked database, ${acknowledged.length} acknowledged executions all there`
    } finally {
      intruder.close()
      await load.stop()
      await client.close()
    }
  })
