/** What a page is about, as the server has it: forms and buttons change it, and follow it. */
import type { Tagged } from '../../api/client.js'
import { isMissing } from '../../api/failure.js'

export interface Subject<T> {
  /** Of the state that the page knows; changes bring it along. */
  readonly tag: string
  /** It has been deleted: what is shown is what the page knew. */
  readonly gone: boolean
  now(): T
  /** Resolves once the page has what the latest question was answered, whichever answer came last. */
  refresh(): Promise<void>
  /** Resolves once nothing is asked for any more: then `tag` is of the latest state that this page has made itself. */
  settled(): Promise<void>
  /** What a refused change found there; newer than whatever is still being asked for. */
  take(now: T, tag: string): void
}

/**
 * A subject to be a store, or part of one. Of several questions the latest counts, whichever answer comes last.
 * `seen` is told of every state that is shown.
 */
export function createSubject<T>(
  nothing: T,
  fetch: () => Promise<Tagged<T>>,
  seen: (found: T) => void = () => {}
) {
  let latest: Promise<void> | undefined
  return {
    found: nothing,
    tag: '',
    gone: false,
    now(): T {
      return this.found
    },
    refresh(): Promise<void> {
      const show = async ({ found, tag }: Tagged<T>): Promise<void> => {
        if (latest !== asked) return await latest
        this.show(found, tag)
      }
      const asked: Promise<void> = fetch().then(show, error => {
        if (latest === asked && isMissing(error)) this.gone = true
        throw error
      })
      latest = asked
      return asked
    },
    async settled(): Promise<void> {
      await latest?.catch(() => {})
    },
    /** Whatever is still being asked for counts no more. */
    take(found: T, tag: string): void {
      latest = Promise.resolve()
      this.show(found, tag)
    },
    show(found: T, tag: string): void {
      this.gone = false
      this.tag = tag
      this.found = found
      seen(found)
    }
  }
}
