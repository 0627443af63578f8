/**
 * Values of writes that are not settled. A read that comes behind such a write is answered here: the run that reads is
 * answered only with a batch that is not sent before that write's, so nobody learns of what is not stored.
 *
 * Until it is sent, a write is still to come, whatever other servers do. From then on it may have been committed, and
 * what another server stores behind it would be newer: that has to wait for the key's lock, which is held until the
 * write is settled here (key-locks.ts). So a value that was sent counts as long as that is certain.
 */
import { HELD_FOR_CERTAIN_MS } from './key-locks.js'

/** What a write stores, whatever was there. */
export interface Entry {
  readonly value: Uint8Array
  readonly expiresAt: number | null
}

interface Unsettled {
  /** undefined: only the database knows what the key has then. */
  readonly entry: Entry | undefined
  sentAt: number
  /** How many connections had been lost when it was sent. */
  losses: number
}

/** To be told what becomes of a write. */
export interface Mark {
  /** It goes out now, perhaps once more; `isHeld`: with a lock that outlasts its transaction. */
  sent(isHeld: boolean): void
  settled(): void
}

export class UnsettledValues {
  private readonly newest = new Map<string, Unsettled>()

  /** `losses`: how many connections were lost on which a write may have been under way. */
  constructor(private readonly losses: () => number) {}

  get isEmpty(): boolean {
    return this.newest.size === 0
  }

  /** To be called with each write about the key. */
  add(name: string, entry: Entry | undefined): Mark {
    const unsettled: Unsettled = { entry, sentAt: Infinity, losses: 0 }
    this.newest.set(name, unsettled)
    const settled = (): void => {
      if (this.newest.get(name) === unsettled) this.newest.delete(name)
    }
    return {
      sent: isHeld => {
        if (!isHeld) return settled()
        unsettled.sentAt = performance.now()
        unsettled.losses = this.losses()
      },
      settled
    }
  }

  /** undefined: the database has to be asked. */
  find(name: string): Entry | undefined {
    const found = this.newest.get(name)
    if (found === undefined || found.sentAt === Infinity) return found?.entry
    const isCertain =
      found.losses === this.losses() && performance.now() - found.sentAt < HELD_FOR_CERTAIN_MS
    return isCertain ? found.entry : undefined
  }
}
