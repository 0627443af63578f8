/** One load run with autocannon. */
import autocannon, { type Client } from 'autocannon'

export interface LoadResult {
  readonly rate: number
  readonly p50: number
  readonly p99: number
  readonly errors: number
  readonly total: number
}

export interface Load {
  readonly url: string
  readonly connections: number
  readonly seconds: number
  readonly method?: 'GET' | 'POST'
  readonly body?: Buffer
  /** Paths that each connection calls in turn, every connection from another one on, instead of the one in `url`. */
  readonly paths?: readonly string[]
}

/** Gives requests a second, latencies in milliseconds, and everything that was no 2xx answer as errors. */
export async function runLoad({
  url,
  connections,
  seconds,
  method = 'GET',
  body,
  paths
}: Load): Promise<LoadResult> {
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    method,
    ...(body === undefined ? {} : { body }),
    ...(paths === undefined ? {} : { setupClient: inTurn(paths, connections) })
  })
  return {
    rate: result.requests.average,
    p50: result.latency.p50,
    p99: result.latency.p99,
    errors: result.errors + result.timeouts + result.non2xx,
    total: result.requests.total
  }
}

function inTurn(paths: readonly string[], connections: number): (client: Client) => void {
  let made = 0
  return client => {
    const first = Math.floor((made++ * paths.length) / connections) % paths.length
    client.setRequests(
      [...paths.slice(first), ...paths.slice(0, first)].map(path => ({ method: 'GET', path }))
    )
  }
}

/** The run with the median rate. */
export function medianRun(runs: readonly LoadResult[]): LoadResult {
  const sorted = [...runs].sort((a, b) => a.rate - b.rate)
  return {
    ...sorted[Math.floor(sorted.length / 2)]!,
    errors: runs.reduce((sum, run) => sum + run.errors, 0)
  }
}
