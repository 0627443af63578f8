/**
 * A function that is called all the time, alone and beside a load. As it is meant three ways, in three ways: by as many
 * callers beside as many others, which share what the machine gives; by half of them beside half of the others, so that
 * as many wait as when it is alone; and steadily, whether or not calls before are answered.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createFunction } from '../api.js'
import { runLoad, type Load, type LoadResult } from '../load.js'
import { offer } from '../open-loop-load.js'
import type { BenchProcess } from '../process.js'
import { costOf, line, printLoad, WARM_ROUND_SECONDS } from './server.js'

/** Calls a second of the steady load; each connection has one of them at a time. */
const STEADY_RATE = 500
const STEADY_CONNECTIONS = 250
const NANOSECONDS = 1_000_000

/** Ratios are to the function alone. */
export async function measureHot(
  server: BenchProcess,
  load: Omit<Load, 'seconds'>,
  seconds: number,
  code: string
): Promise<void> {
  const url = `${server.base}/fn/${await createFunction(server.base, 'hot', code)}`
  const hot = { url, connections: load.connections, seconds }
  await runLoad({ ...hot, seconds: WARM_ROUND_SECONDS })
  const alone = await watched(() => costOf(server, () => runLoad(hot)))
  printLoad('  one all the time, alone', alone.result, alone.result.rate, alone.lateness)

  const beside = async (name: string, connections: number): Promise<void> => {
    const { result, lateness } = await watched(() =>
      besideLoad({ ...load, connections, seconds }, () =>
        costOf(server, () => runLoad({ ...hot, connections }))
      )
    )
    printLoad(name, result, alone.result.rate, lateness)
  }
  await beside('  beside the load', load.connections)
  await beside('  half of each, as many in all', Math.ceil(load.connections / 2))

  const steady = { url, connections: STEADY_CONNECTIONS, seconds, rate: STEADY_RATE }
  const offered = async (name: string, call: () => ReturnType<typeof offer>): Promise<void> => {
    const { byStatus, seconds: took, unsent, broken } = await call()
    const { '200': answers, ...others } = byStatus
    const errors = Object.values(others).reduce((sum, { count }) => sum + count, unsent + broken)
    line(
      name,
      ((answers?.count ?? 0) / took).toFixed(0),
      '',
      (answers?.p50 ?? NaN).toFixed(1),
      (answers?.p99 ?? NaN).toFixed(1),
      String(errors)
    )
  }
  await offered(`  steady ${STEADY_RATE} a second, alone`, () => offer(steady))
  await offered('  steady, beside the load', () =>
    besideLoad({ ...load, seconds }, () => offer(steady))
  )
}

async function besideLoad<T>(load: Load, measure: () => Promise<T>): Promise<T> {
  const [measured] = await Promise.all([measure(), runLoad(load)])
  return measured
}

/**
 * With how late this process, which makes the load on the same cores, itself was: that is in the latencies, and is none
 * of the server's.
 */
async function watched<T extends LoadResult>(
  load: () => Promise<T>
): Promise<{ readonly result: T; readonly lateness: string }> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const result = await load()
  delay.disable()
  return {
    result,
    lateness: `generator late p99 ${(delay.percentile(99) / NANOSECONDS).toFixed(1)} ms`
  }
}
