/**
 * Which runs are this server's. A server alone has them all. Of several one runs each, and the others ask again until
 * it has recorded something: so what it leaves behind when it dies is run by another one.
 */
import type { FastifyBaseLogger } from 'fastify'
import type { SharedWork } from '../../../core/contracts/shared-work.js'
import type { Clock } from '../../../core/cron/clock.js'
import type { DueRun } from './runner.js'

const ASK_AGAIN_MS = 1_000
/** Longer than a server may wait for a sandbox, and than it counts as living after its death. */
const WATCH_MS = 100_000
/** So long may begin late what another server has left behind. */
const LATE_MS = 30_000

export interface ClaimOptions {
  readonly shared: Pick<SharedWork, 'claimTicks' | 'hold'> | undefined
  readonly clock: Clock
  readonly log: Pick<FastifyBaseLogger, 'warn'>
  readonly isStopped: () => boolean
}

/** Calls `begin` for each that is ours, in their order. Resolves when all have been asked for once. */
export async function claimRuns(
  options: ClaimOptions,
  wanted: readonly DueRun[],
  begin: (run: DueRun) => Promise<void> | void
): Promise<void> {
  if (options.shared === undefined) {
    for (const run of wanted) if (!options.isStopped()) await begin(run)
    return
  }
  const open = await claimOnce(options, options.shared, wanted, begin)
  watch(options, open, begin, options.clock.now() + WATCH_MS)
}

function watch(
  options: ClaimOptions,
  open: readonly DueRun[],
  begin: (run: DueRun) => Promise<void> | void,
  until: number
): void {
  const { shared, clock } = options
  if (open.length === 0 || shared === undefined) return
  clock.after(ASK_AGAIN_MS, () => {
    if (options.isStopped() || clock.now() > until) return
    void claimOnce(options, shared, open, begin).then(left => {
      watch(options, left, begin, until)
    })
  })
}

/** Gives those that are to be asked for again. Never rejects. */
async function claimOnce(
  options: ClaimOptions,
  shared: NonNullable<ClaimOptions['shared']>,
  wanted: readonly DueRun[],
  begin: (run: DueRun) => Promise<void> | void
): Promise<DueRun[]> {
  const left: DueRun[] = []
  for (const [scheduled, runs] of groupByMinute(wanted)) {
    try {
      const claimed = await shared.claimTicks(
        runs.map(({ functionId }) => functionId),
        scheduled
      )
      const [ours, open] = [new Set(claimed.ours), new Set(claimed.open)]
      const isHeld = shared.hold()
      for (const run of runs) {
        if (open.has(run.functionId)) left.push(run)
        if (!ours.has(run.functionId) || options.isStopped()) continue
        const deadline = Math.max(run.deadline, options.clock.now() + LATE_MS)
        await begin({ ...run, deadline, isHeld })
      }
    } catch (error) {
      options.log.warn({ err: error }, 'the servers cannot agree yet on who runs a schedule')
      left.push(...runs.filter(run => !left.includes(run)))
    }
  }
  return left
}

function groupByMinute(runs: readonly DueRun[]): Map<number, DueRun[]> {
  const groups = new Map<number, DueRun[]>()
  for (const run of runs) {
    const group = groups.get(run.scheduled)
    if (group === undefined) groups.set(run.scheduled, [run])
    else group.push(run)
  }
  return groups
}
