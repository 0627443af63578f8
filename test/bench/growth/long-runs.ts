/**
 * Runs that only wait: what 200 functions that sleep leave to hello and to a cold function, and how many run. Hello is
 * measured alone and beside them by turns, with medians of rates and of processor time.
 */
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
  type GrowthOptions,
  type Measured
} from './server.js'

const SLEEPERS = 200
const COLD = 3
const ROUNDS = 5
/** As long as a run sleeps: they wake at about the same time. */
const ROUND_SECONDS = 2
/** Until all of them sleep again. */
const RESUME_MS = 2000
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
    const cold = await createMany(base, 2 * COLD * ROUNDS, hello, 'cold')
    await runLoad({ ...load, seconds: 2 })

    const alone: Measured[] = []
    const beside: Measured[] = []
    const coldAlone: number[] = []
    const coldBeside: number[] = []
    const measure = async (runs: Measured[], coldTimes: number[]): Promise<void> => {
      runs.push(await costOf(server, () => runLoad({ ...load, seconds: ROUND_SECONDS })))
      coldTimes.push(...(await firstAnswers(base, cold.splice(0, COLD))))
    }
    const callAll = () => inBackground(sleepers.map(path => calling(base + path)))
    const first = callAll()
    await pause(SETTLE_MS)
    await rateOf(`calls of the ${SLEEPERS}`, first, options.seconds)
    await first.stop()
    for (let round = 0; round < ROUNDS; round++) {
      await measure(alone, coldAlone)
      const all = callAll()
      await pause(RESUME_MS)
      await measure(beside, coldBeside)
      if (round < ROUNDS - 1) await all.stop()
      else {
        const { rate } = medianOf(alone)
        printLoad('hello alone', medianOf(alone), rate)
        printLoad(`hello beside ${SLEEPERS} sleeping`, medianOf(beside), rate, sandboxesOf(server))
        await all.stop()
      }
    }
    for (const [name, times] of [
      ['alone', coldAlone],
      ['beside them', coldBeside]
    ] as const) {
      line(
        `cold function ${name}, first answer`,
        `${median(times).toFixed(0)} ms`,
        `${Math.max(...times).toFixed(0)} at most`
      )
    }

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

/** The run with the median rate. */
const medianOf = (runs: readonly Measured[]): Measured =>
  [...runs].sort((a, b) => a.rate - b.rate)[Math.floor(runs.length / 2)] as Measured

/** Milliseconds of calls one after the other, each of a function that nobody has called. */
async function firstAnswers(base: string, paths: readonly string[]): Promise<number[]> {
  const times: number[] = []
  for (const path of paths) {
    times.push(await timeCall(base + path))
    await pause(200)
  }
  return times
}
