/** Many functions, in turn and by a zipf distribution: where more are called than processes fit, calls start some. */
import { runLoad } from '../load.js'
import {
  costOf,
  createMany,
  loadColumns,
  printLoad,
  sandboxesOf,
  source,
  title,
  withServer,
  type GrowthOptions
} from './server.js'

const ZIPF_FUNCTIONS = 1000
/** Calls of each connection before its list begins again. */
const ZIPF_CALLS = 20_000
/** For each function, until its process runs and is warm; and no load needs less. */
const WARM_SECONDS_PER_FUNCTION = 0.1
const MIN_WARM_SECONDS = 3

/** Each count on a server of its own; ratios are to the first count. */
export async function measureFunctions(options: GrowthOptions): Promise<void> {
  title('Functions in turn (ratio: of the first)', ...loadColumns)
  let first = 0
  for (const count of options.counts) {
    await withServer(options.server, async server => {
      const paths = await createMany(server.base, count, await source('hello'))
      const load = { url: server.base, paths, connections: options.connections }
      await runLoad({ ...load, seconds: warmSeconds(count) })
      const run = await costOf(server, () => runLoad({ ...load, seconds: options.seconds }))
      first ||= run.rate
      printLoad(`${count} functions`, run, first, sandboxesOf(server))
    })
  }
}

/** The function of rank n is called in proportion to 1 / n; measured by turns with 50 functions in turn. */
export async function measureZipf({ server: program, ...options }: GrowthOptions): Promise<void> {
  title(`${ZIPF_FUNCTIONS} functions, zipf (ratio: of 50 in turn)`, ...loadColumns)
  await withServer(program, async server => {
    const all = await createMany(server.base, ZIPF_FUNCTIONS, await source('hello'))
    const fifty = { url: server.base, paths: all.slice(0, 50), connections: options.connections }
    const zipf = { ...fifty, paths: zipfPaths(all) }
    await runLoad({ ...fifty, seconds: MIN_WARM_SECONDS })
    await runLoad({ ...zipf, seconds: warmSeconds(ZIPF_FUNCTIONS) / 2 })
    for (let round = 0; round < 2; round++) {
      const base = await costOf(server, () => runLoad({ ...fifty, seconds: options.seconds }))
      printLoad('50 in turn', base, base.rate, sandboxesOf(server))
      const run = await costOf(server, () => runLoad({ ...zipf, seconds: options.seconds }))
      printLoad('zipf', run, base.rate, sandboxesOf(server))
    }
  })
}

const warmSeconds = (count: number): number =>
  Math.max(MIN_WARM_SECONDS, count * WARM_SECONDS_PER_FUNCTION)

/** Always the same list: a linear congruential generator stands in for chance. */
function zipfPaths(paths: readonly string[]): string[] {
  const weights = paths.map((_, rank) => 1 / (rank + 1))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  let seed = 1
  return Array.from({ length: ZIPF_CALLS }, () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    let left = (seed / 2_147_483_648) * total
    const at = weights.findIndex(weight => (left -= weight) <= 0)
    return paths[Math.max(0, at)] ?? ''
  })
}
