/** Many host calls in one run: alone, by 16 callers, and what they leave to hello. */
import { createFunction } from '../api.js'
import { runLoad } from '../load.js'
import {
  costOf,
  loadColumns,
  printLoad,
  sandboxesOf,
  source,
  title,
  withServer,
  type GrowthOptions
} from './server.js'

const CALLS = 1000

export async function measureHostCalls({
  server: program,
  ...options
}: GrowthOptions): Promise<void> {
  title(`${CALLS} kv.get a run (ratio: of one caller)`, ...loadColumns)
  await withServer(program, async server => {
    const id = await createFunction(server.base, 'round trips', await source('round-trips'))
    const url = `${server.base}/fn/${id}?bytes=30&calls=${CALLS}`
    await runLoad({ url, connections: 4, seconds: 2 })
    let one = 0
    for (const connections of [1, options.connections]) {
      const run = await costOf(server, () =>
        runLoad({ url, connections, seconds: options.seconds })
      )
      one ||= run.rate
      printLoad(`${connections} callers`, run, one, sandboxesOf(server))
    }
  })
}
