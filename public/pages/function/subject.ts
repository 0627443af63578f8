/** What a page is about, as the server has it: forms and buttons change it, and follow it. */

export interface Subject<T> {
  /** Of the state that the page knows; changes bring it along. */
  readonly tag: string
  now(): T
  /** Resolves once the page has what the latest question was answered, whichever answer came last. */
  refresh(): Promise<void>
  /** Resolves once nothing is asked for any more: then `tag` is of the latest state that this page has made itself. */
  settled(): Promise<void>
  /** What a refused change found there; newer than whatever is still being asked for. */
  take(now: T, tag: string): void
}

/** Of several questions the latest counts, whichever answer comes last. */
export function createQuestions() {
  let latest: Promise<void> | undefined
  return {
    ask<T>(fetch: () => Promise<T>, show: (answer: T) => void): Promise<void> {
      const asked: Promise<void> = fetch().then(async answer => {
        if (latest !== asked) return await latest
        show(answer)
      })
      latest = asked
      return asked
    },
    async settled(): Promise<void> {
      await latest?.catch(() => {})
    },
    /** Whatever is still being asked for counts no more. */
    drop(): void {
      latest = Promise.resolve()
    }
  }
}
