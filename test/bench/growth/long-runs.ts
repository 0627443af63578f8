/** Runs that only wait: what 200 functions that sleep leave to hello and to a cold function, and how many run. */
import { createFunction, median, timeCall } from '../api.js'
import { runLoad } from '../load.js'
import { calling, inBackground } from './background.js'
import {
  costOf,
  createMany,
  line,
  loadColumns,
  pause,
  printLoad,
  sandboxesOf,
  source,
  title,
  withServer,
  type GrowthOptions
} from './server.js'

const SLEEPERS = 200
const COLD = 10
/** Until each sleeping function has had its process once. */
const SETTLE_MS = 20_000

export async function measureLongRuns({
  server: program,
  ...options
}: GrowthOptions): Promise<void> {
  title(`${SLEEPERS} functions that sleep for 2 s (ratio: of hello alone)`, ...loadColumns)
  await withServer(program, async server => {
    const { base } = server
    const [hello, sleeping] = await Promise.all([source('hello'), source('sleep')])
    const url = `${base}/fn/${await createFunction(base, 'hello', hello)}`
    const load = { url, connections: options.connections }
    const sleepers = await createMany(base, SLEEPERS, sleeping, 'sleep')
    const cold = await createMany(base, 2 * COLD, hello, 'cold')
    await runLoad({ ...load, seconds: 2 })
    const alone = await costOf(server, () => runLoad({ ...load, seconds: options.seconds }))
    printLoad('hello alone', alone, alone.rate)
    line(
      'cold function alone, first answer',
      `${(await firstAnswers(base, cold.slice(0, COLD))).toFixed(0)} ms`
    )

    const different = inBackground(sleepers.map(path => calling(base + path)))
    await pause(SETTLE_MS)
    const beside = await costOf(server, () => runLoad({ ...load, seconds: options.seconds }))
    printLoad(`hello beside ${SLEEPERS} sleeping`, beside, alone.rate, sandboxesOf(server))
    line(
      'cold function beside them',
      `${(await firstAnswers(base, cold.slice(COLD))).toFixed(0)} ms`
    )
    await rateOf(`calls of the ${SLEEPERS}`, different, options.seconds)
    await different.stop()

    const [one = ''] = sleepers
    const same = inBackground(Array.from({ length: SLEEPERS }, () => calling(base + one)))
    await pause(SETTLE_MS)
    await rateOf(`${SLEEPERS} callers of one of them`, same, options.seconds)
    await same.stop()
  })
}

async function rateOf(
  name: string,
  background: ReturnType<typeof inBackground>,
  seconds: number
): Promise<void> {
  const [answered, failed] = [background.answered(), background.failed()]
  await pause(seconds * 1000)
  line(
    name,
    `${((background.answered() - answered) / seconds).toFixed(0)}/s`,
    `${background.failed() - failed} errors`
  )
}

/** The median of calls one after the other, each of a function that nobody has called. */
async function firstAnswers(base: string, paths: readonly string[]): Promise<number> {
  const times: number[] = []
  for (const path of paths) {
    times.push(await timeCall(base + path))
    await pause(200)
  }
  return median(times)
}
