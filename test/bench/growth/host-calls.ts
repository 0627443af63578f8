/** Many host calls in one run: alone, by 16 callers, and what they leave to hello. */
import { createFunction, median } from '../api.js'
import { runLoad } from '../load.js'
import { calling, inBackground } from './background.js'
import {
  costOf,
  line,
  loadColumns,
  printLoad,
  sandboxesOf,
  source,
  title,
  withServer,
  type GrowthOptions,
  type Measured
} from './server.js'

const CALLS = 1000
const ROUNDS = 3

export async function measureHostCalls({
  server: program,
  ...options
}: GrowthOptions): Promise<void> {
  const { connections } = options
  const seconds = options.seconds / ROUNDS
  title(`${CALLS} kv.get a run (ratio: of one caller)`, ...loadColumns)
  await withServer(program, async server => {
    const { base } = server
    const [trips, hello] = await Promise.all([source('round-trips'), source('hello')])
    const url = `${base}/fn/${await createFunction(base, 'round trips', trips)}?bytes=30&calls=${CALLS}`
    await runLoad({ url, connections: 4, seconds: 2 })
    const run = async (callers: number): Promise<Measured> =>
      costOf(server, () => runLoad({ url, connections: callers, seconds: options.seconds }))
    const one = await run(1)
    const many = await run(connections)
    for (const [callers, measured] of [[1, one] as const, [connections, many] as const]) {
      printLoad(`${callers} callers`, measured, one.rate, sandboxesOf(server), perCall(measured))
    }

    const load = {
      url: `${base}/fn/${await createFunction(base, 'hello', hello)}`,
      connections,
      seconds
    }
    await runLoad({ ...load, seconds: 2 })
    const alone: number[] = []
    const beside: number[] = []
    let runs = 0
    for (let round = 0; round < ROUNDS; round++) {
      alone.push((await runLoad(load)).rate)
      const others = inBackground(Array.from({ length: connections }, () => calling(url)))
      beside.push((await runLoad(load)).rate)
      runs += others.answered()
      await others.stop()
    }
    const [before, left] = [median(alone), median(beside)]
    line('hello alone', before.toFixed(0))
    line(
      `hello beside ${connections} callers`,
      left.toFixed(0),
      (left / before).toFixed(2),
      `  ${((runs * CALLS) / ROUNDS / seconds).toFixed(0)} host calls/s`
    )
  })
}

/** The costs of a run by its host calls. */
const perCall = ({ serverCost, sandboxCost }: Measured): string =>
  `a host call: server ${(serverCost / CALLS).toFixed(1)} µs, box ${(sandboxCost / CALLS).toFixed(1)} µs`
