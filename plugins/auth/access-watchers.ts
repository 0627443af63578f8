/** Who wants to know at once that a session or token has ended, as streams do that were opened with it. */

/** What timers can count; later ends are waited for in several steps. */
const MAX_TIMER_MS = 2 ** 31 - 1

export interface Expiring {
  readonly id: string
  /** Unix seconds; undefined: never. */
  readonly expiresAt: number | undefined
}

/** `now` gives Unix seconds. */
export function createAccessWatchers(now: () => number) {
  const watchers = new Map<string, Set<() => void>>()

  function tell(id: string): void {
    for (const onEnd of watchers.get(id) ?? []) onEnd()
  }

  return {
    /** Calls `onEnd` once, when the session or token ends or expires; gives a way to stop that. */
    watch({ id, expiresAt }: Expiring, onEnd: () => void): () => void {
      const own = watchers.get(id) ?? new Set()
      watchers.set(id, own)
      let timer: NodeJS.Timeout | undefined
      const stop = (): void => {
        clearTimeout(timer)
        own.delete(end)
        if (own.size === 0 && watchers.get(id) === own) watchers.delete(id)
      }
      const end = (): void => {
        stop()
        onEnd()
      }
      const wait = (until: number): void => {
        const rest = Math.max(0, until - now()) * 1000
        const isLast = rest <= MAX_TIMER_MS
        timer = setTimeout(isLast ? end : () => wait(until), Math.min(rest, MAX_TIMER_MS)).unref()
      }
      if (expiresAt !== undefined) wait(expiresAt)
      own.add(end)
      return stop
    },
    tell,
    /** All that somebody waits for. */
    ids: (): readonly string[] => [...watchers.keys()],
    tellAll(): void {
      for (const id of watchers.keys()) tell(id)
    }
  }
}
