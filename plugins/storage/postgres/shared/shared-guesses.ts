/** Wrong attempts to sign in, for all servers. An address that has to wait is refused without asking the database. */
import { LRUCache } from 'lru-cache'
import type { GuessCounter, GuessPolicy } from '../../../../core/contracts/shared-work.js'
import type { Database } from '../db/database.js'

const MAX_BLOCKED = 10_000
/** The database may have let an address go since: one has signed in elsewhere. */
const LOOK_AGAIN_MS = 1000

export class SharedGuesses implements GuessCounter {
  /** Until when an address has to wait, by `performance.now()`. */
  private readonly blocked = new LRUCache<string, number>({ max: MAX_BLOCKED, ttl: LOOK_AGAIN_MS })

  constructor(private readonly db: Database) {}

  async fail(address: string, policy: GuessPolicy): Promise<number> {
    const known = (this.blocked.get(address) ?? 0) - performance.now()
    if (known > 0) return known
    const { free, firstWaitMs, maxWaitMs, forgetMs } = policy
    const row = await this.db.get<{ wait: number }>(
      [],
      'select note_wrong_guess($1, $2, $3, $4, $5) as wait',
      address,
      free,
      firstWaitMs,
      maxWaitMs,
      forgetMs
    )
    const wait = row?.wait ?? 0
    if (wait > 0) this.blocked.set(address, performance.now() + wait)
    return wait
  }

  async succeed(address: string): Promise<void> {
    this.blocked.delete(address)
    await this.db.change([], 'delete from wrong_guesses where address = $1', address)
  }
}
