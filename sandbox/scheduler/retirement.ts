/**
 * Which idle process is ended when room is needed: the one that is worth least for what it holds. Its worth is the
 * chance that it is called again times what it costs to bring back, by the memory that it holds (as in GDSF, by
 * L. Cherkasova, "Improving WWW Proxies Performance with Greedy-Dual-Size-Frequency Caching Policy", HP Labs, 1998).
 *
 * Among those of about the same worth the one that was started last goes. So when more functions are called in turn
 * than fit, those that have a process keep it and serve a part of the calls, where the oldest going first would give
 * each its process just after it was needed; and a scan over many functions replaces only its own.
 */
/** Milliseconds of processor time of a start, and of loading a thousand bytes of code. */
const START_MS = 50
const LOAD_MS_PER_KB = 1
/** The worth of a further process of one version fades by half in this time of idleness. */
const SURPLUS_HALF_LIFE_MS = 5000
const MIB = 1024 ** 2

export interface IdleProcess {
  /** Of `performance.now()`, as is `idleSince`. */
  readonly startedAt: number
  readonly idleSince: number
  readonly codeBytes: number
  readonly heldBytes: number
}

export interface IdleVersion<P extends IdleProcess> {
  /** The one that was busy last comes last: it is used first. */
  readonly idle: readonly P[]
  readonly busy: readonly unknown[]
  readonly popularity: { at(now: number): number }
}

/** Undefined: none is idle. `now` of `performance.now()`. */
export function leastValuable<P extends IdleProcess>(
  versions: Iterable<IdleVersion<P>>,
  now: number
): P | undefined {
  let least: P | undefined
  let leastRank = Infinity
  for (const version of versions) {
    for (const process of version.idle) {
      const rank = Math.round(Math.log2(worth(process, version, now)))
      if (rank > leastRank) continue
      if (rank === leastRank && least !== undefined && process.startedAt < least.startedAt) continue
      least = process
      leastRank = rank
    }
  }
  return least
}

/** An invocation of this version would find another process of it. */
export const isSurplus = <P extends IdleProcess>(
  process: P,
  { idle, busy }: IdleVersion<P>
): boolean => busy.length > 0 || process !== idle.at(-1)

function worth<P extends IdleProcess>(process: P, version: IdleVersion<P>, now: number): number {
  const { idle, busy, popularity } = version
  const cost = START_MS + (process.codeBytes / 1000) * LOAD_MS_PER_KB
  const value = (popularity.at(now) * cost) / Math.max(MIB, process.heldBytes)
  if (!isSurplus(process, version)) return value
  const faded = 2 ** ((process.idleSince - now) / SURPLUS_HALF_LIFE_MS)
  return (value * faded) / (idle.length + busy.length)
}
