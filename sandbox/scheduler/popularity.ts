/**
 * How often a version is called: a count of its invocations that fades by half every minute, so that it weighs
 * frequency and recency in one number (LRFU: D. Lee and others, IEEE Transactions on Computers 50(12), 2001).
 */
const HALF_LIFE_MS = 60_000
/**
 * A version that is called so many times as often as others keeps its last process where those will soon have one less,
 * and does not wait for one behind all of them: with one place for many functions that are called in turn, each of them
 * would cost the one that is called all the time its process.
 */
export const MUCH_MORE_POPULAR = 8
/** Versions without processes of which it is remembered. */
const MAX_REMEMBERED = 10_000

export class Popularity {
  private count = 0
  private countedAt = 0

  /** One more invocation; `now` of `performance.now()`. */
  note(now: number): void {
    this.count = this.at(now) + 1
    this.countedAt = now
  }

  at(now: number): number {
    return this.count * 2 ** ((this.countedAt - now) / HALF_LIFE_MS)
  }
}

/**
 * Remembers versions whose processes are gone: one that is called again and again is soon worth more than those that
 * have a process and are called no more.
 */
export class PopularityMemory {
  /** The version that lost its last process first comes first. */
  private readonly known = new Map<string, Popularity>()

  keep(bindingKey: string, popularity: Popularity): void {
    this.known.set(bindingKey, popularity)
    if (this.known.size <= MAX_REMEMBERED) return
    const [oldest = ''] = this.known.keys()
    this.known.delete(oldest)
  }

  /** What is remembered stays so. */
  peek(bindingKey: string): Popularity | undefined {
    return this.known.get(bindingKey)
  }

  /** Gives what is remembered, or a new one. */
  take(bindingKey: string): Popularity {
    const popularity = this.known.get(bindingKey)
    this.known.delete(bindingKey)
    return popularity ?? new Popularity()
  }
}
