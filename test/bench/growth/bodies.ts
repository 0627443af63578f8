/** Echo of bodies by size, beside a bare Fastify route that does the same. */
import { createFunction } from '../api.js'
import { runLoad } from '../load.js'
import { startProcess } from '../process.js'
import {
  costOf,
  loadColumns,
  printLoad,
  source,
  title,
  withServer,
  type GrowthOptions
} from './server.js'

const SIZES = { '1 KiB': 1024, '64 KiB': 64 * 1024, '1 MiB': 1024 ** 2 }

export async function measureBodies({ server: program, ...options }: GrowthOptions): Promise<void> {
  title('Echo of a body (ratio: of the bare route)', ...loadColumns)
  const bare = await startProcess('test/bench/bare-fastify.js', {})
  try {
    await withServer(program, async server => {
      const id = await createFunction(server.base, 'echo', await source('echo'))
      for (const [name, bytes] of Object.entries(SIZES)) {
        const load = {
          connections: options.connections,
          seconds: options.seconds,
          method: 'POST' as const,
          body: Buffer.alloc(bytes, 120)
        }
        const url = `${server.base}/fn/${id}`
        await runLoad({ ...load, url, seconds: 1 })
        const plain = await costOf(bare, () => runLoad({ ...load, url: `${bare.base}/echo` }))
        printLoad(`${name}, bare route`, plain, plain.rate)
        printLoad(name, await costOf(server, () => runLoad({ ...load, url })), plain.rate)
      }
    })
  } finally {
    await bare.stop()
  }
}
