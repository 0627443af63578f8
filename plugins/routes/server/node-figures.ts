/** How this server is, by its own account. Measured all the time only where other servers ask for it. */
import { availableParallelism, loadavg } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { NodeFigures } from '../../../core/contracts/shared-work.js'
import type { ApiScope } from '../../../core/http/conventions.js'

/** How often the event loop is looked at. */
const RESOLUTION_MS = 20
/** Figures of a shorter time say little; those before are given instead. */
const MIN_MS = 2_000

type Measured = Pick<NodeFigures, 'callsPerSecond' | 'eventLoopDelayMs'>

export function createFigures(api: ApiScope, isMeasured: boolean): () => NodeFigures {
  const { scheduler, server, config } = api
  const measure = isMeasured ? startMeasuring(api) : () => ({})
  return () => {
    const address = server.address()
    return {
      ...(typeof address === 'object' && address !== null ? { port: address.port } : {}),
      pid: process.pid,
      cores: availableParallelism(),
      load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
      memory: process.memoryUsage.rss(),
      sandboxes: { ...scheduler.counts() },
      sandboxMax: config.SANDBOX_MAX,
      ...measure()
    }
  }
}

/** Gives what was measured since it was asked before. */
function startMeasuring(api: ApiScope): () => Measured {
  let calls = 0
  api.invoker.onCall(() => {
    calls++
  })
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delays.enable()
  api.addHook('onClose', async () => {
    delays.disable()
  })
  let since = performance.now()
  let measured: Measured = {}
  return () => {
    const passed = performance.now() - since
    if (passed < MIN_MS) return measured
    measured = {
      callsPerSecond: Math.round((calls / passed) * 10_000) / 10,
      // What it records is the time from one look to the next.
      eventLoopDelayMs: Math.max(0, Math.round(delays.max / 1e6) - RESOLUTION_MS)
    }
    since += passed
    calls = 0
    delays.reset()
    return measured
  }
}
