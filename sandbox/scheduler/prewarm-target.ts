/** Starts ahead of need: how many unbound processes are kept ready, and when one more may be started. */
const MAX_EXTRA = 6
const DECAY_PER_SECOND = 0.7

export class PrewarmTarget {
  private taken = 0

  /** `singleUse`: every invocation takes a process of its own. */
  constructor(private readonly singleUse: boolean) {}

  get count(): number {
    return (this.singleUse ? 2 : 1) + Math.min(MAX_EXTRA, Math.floor(this.taken / 2))
  }

  noteTaken(): void {
    this.taken++
  }

  /** Called once a second. */
  decay(): void {
    this.taken = this.taken < 0.5 ? 0 : this.taken * DECAY_PER_SECOND
  }
}

export interface Cores {
  readonly cores: number
  /** Processes whose runs compute. */
  readonly computing: number
  readonly starting: number
  readonly unbound: number
}

/**
 * How many may start at a time where they are waited for: one more than there are cores that compute nothing, so that
 * none of these is idle between two. Beside runs that compute, each start takes its core from one of them.
 */
export const maxStarting = (cores: number, computing: number): number =>
  computing === 0 ? cores + 1 : Math.max(1, cores - computing)

/**
 * Whether a process that nobody waits for may be started now. A start costs as much as hundreds of invocations: on idle
 * cores there may be several at once; where the cores are taken there is one, and only while none is unbound.
 */
export const mayStartAhead = ({ cores, computing, starting, unbound }: Cores): boolean =>
  computing + starting < cores || (starting === 0 && unbound === 0)
