/**
 * Many functions, in turn and by a zipf distribution: where more are called than processes fit, calls start some. And
 * what each of these loads leaves to one function that is called all the time.
 */
import { totalmem } from 'node:os'
import { runLoad, type Load } from '../load.js'
import { memoryOf, type BenchProcess } from '../process.js'
import { measureHot } from './hot.js'
import {
  costOf,
  createMany,
  loadColumns,
  printLoad,
  sandboxesOf,
  source,
  title,
  withServer,
  WARM_ROUND_SECONDS,
  type GrowthOptions
} from './server.js'

const ZIPF_FUNCTIONS = 1000
/** Calls of each connection before its list begins again. */
const ZIPF_CALLS = 3000
/** A load is warm when it starts no more processes, or after this time. */
const MAX_WARM_SECONDS = 90
/** Memory for all of them, where the machine has it. */
const roomForAll = { SANDBOX_POOL_MEMORY: String(Math.floor(totalmem() * 0.85)) }
/** The least that may be set: five processes or so. */
const roomForNone = { SANDBOX_POOL_MEMORY: String(64 * 1024 ** 2) }

/** Each count on a server of its own, with memory for all; ratios are to the first count. */
export async function measureFunctions(options: GrowthOptions): Promise<void> {
  title('Functions in turn (ratio: of the first)', ...loadColumns)
  let first = 0
  for (const count of options.counts) {
    await withServer(
      options.server,
      async server => {
        const code = await source('hello')
        const paths = await createMany(server.base, count, code)
        const load = { url: server.base, paths, connections: options.connections }
        await warmUp(server, load)
        const run = await costOf(server, () => runLoad({ ...load, seconds: options.seconds }))
        first ||= run.rate
        printLoad(`${count} functions`, run, first, sandboxesOf(server))
        await measureHot(server, load, options.seconds, code)
      },
      roomForAll
    )
  }
}

/** As many functions in turn that nearly every call starts a process. */
export async function measureEvicted(options: GrowthOptions): Promise<void> {
  title(`${ZIPF_FUNCTIONS} functions, none can stay`, ...loadColumns)
  await withServer(
    options.server,
    async server => {
      const code = await source('hello')
      const paths = await createMany(server.base, ZIPF_FUNCTIONS, code)
      const load = { url: server.base, paths, connections: options.connections }
      await runLoad({ ...load, seconds: WARM_ROUND_SECONDS })
      const run = await costOf(server, () => runLoad({ ...load, seconds: 2 * options.seconds }))
      printLoad('in turn', run, run.rate, sandboxesOf(server))
      await measureHot(server, load, options.seconds, code)
    },
    roomForNone
  )
}

/** The function of rank n is called in proportion to 1 / n; measured by turns with 50 functions in turn. */
export async function measureZipf({ server: program, ...options }: GrowthOptions): Promise<void> {
  title(`${ZIPF_FUNCTIONS} functions, zipf (ratio: of 50 in turn)`, ...loadColumns)
  await withServer(program, async server => {
    const code = await source('hello')
    const all = await createMany(server.base, ZIPF_FUNCTIONS, code)
    const fifty = { url: server.base, paths: all.slice(0, 50), connections: options.connections }
    const zipf = { ...fifty, paths: zipfPaths(all) }
    await warmUp(server, fifty)
    await warmUp(server, zipf)
    for (let round = 0; round < 2; round++) {
      const base = await costOf(server, () => runLoad({ ...fifty, seconds: options.seconds }))
      printLoad('50 in turn', base, base.rate, sandboxesOf(server))
      const run = await costOf(server, () => runLoad({ ...zipf, seconds: options.seconds }))
      printLoad('zipf', run, base.rate, sandboxesOf(server))
    }
    await measureHot(server, zipf, options.seconds, code)
  })
}

async function warmUp(server: BenchProcess, load: Omit<Load, 'seconds'>): Promise<void> {
  let before = 0
  for (let seconds = 0; seconds < MAX_WARM_SECONDS; seconds += WARM_ROUND_SECONDS) {
    await runLoad({ ...load, seconds: WARM_ROUND_SECONDS })
    const { count } = memoryOf(server.child.pid ?? 0)
    if (count === before) return
    before = count
  }
}

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
