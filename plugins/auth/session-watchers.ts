/** Who wants to know at once that a session has ended, as streams do that were opened with it. */
import type { SessionRecord } from '../../core/contracts/sessions.js'

/** `now` gives Unix seconds. */
export function createSessionWatchers(now: () => number) {
  const watchers = new Map<string, Set<() => void>>()

  function tell(id: string): void {
    for (const onEnd of watchers.get(id) ?? []) onEnd()
  }

  return {
    /** Calls `onEnd` once, when the session ends or expires; gives a way to stop that. */
    watch(
      { id, expiresAt }: Pick<SessionRecord, 'id' | 'expiresAt'>,
      onEnd: () => void
    ): () => void {
      const own = watchers.get(id) ?? new Set()
      watchers.set(id, own)
      const stop = (): void => {
        clearTimeout(timer)
        own.delete(end)
        if (own.size === 0 && watchers.get(id) === own) watchers.delete(id)
      }
      const end = (): void => {
        stop()
        onEnd()
      }
      const timer = setTimeout(end, Math.max(0, expiresAt - now()) * 1000).unref()
      own.add(end)
      return stop
    },
    tell,
    tellAll(): void {
      for (const id of watchers.keys()) tell(id)
    }
  }
}
