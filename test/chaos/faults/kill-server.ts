import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { checkAcknowledged, checkAnswers, checkGone, checkIntegrity } from '../checks.js'
import { startLoad } from '../load.js'
import { inWorld } from '../world.js'

/** Kills the loaded server again and again; whatever it acknowledged is still there. */
export const killServer = ({
  rounds,
  loadMs
}: {
  rounds: number
  loadMs: number
}): Promise<string> =>
  inWorld(async world => {
    let server = await world.start()
    const load = startLoad(() => server.base, world.functionId, 16)
    for (let round = 0; round < rounds; round++) {
      const before = load.report.acknowledged.length
      for (
        const end = Date.now() + loadMs;
        Date.now() < end || load.report.acknowledged.length < before + 20;
      ) {
        await pause(20)
      }
      const sandboxes = server.sandboxes()
      assert.equal(await server.end('SIGKILL'), 'SIGKILL')
      checkIntegrity(world.folder)
      await checkGone(sandboxes)
      server = await world.start()
    }
    const { acknowledged, broken } = await load.stop()
    await checkAcknowledged(server, world.functionId, acknowledged)
    await checkAnswers(server, world.functionId)
    assert.equal(await server.end('SIGTERM'), 0)
    checkIntegrity(world.folder)
    return `${rounds} kills of the server, ${acknowledged.length} acknowledged executions all there, ${broken} calls broken off`
  })
