/** What the servers on this database agree on, put together. */
import type { SharedTopic, SharedWork } from '../../../../core/contracts/shared-work.js'
import { createTickClaims } from '../schedule-ticks.js'
import type { ChangeListener } from '../db/change-listener.js'
import type { Database } from '../db/database.js'
import type { ChangeFeed } from '../functions/change-feed.js'
import { createRefreshing } from './refreshing.js'
import { SharedDeliveries } from './shared-deliveries.js'
import { SharedGuesses } from './shared-guesses.js'
import { SharedLive } from './shared-live.js'
import { SharedPlaces } from './shared-places.js'
import { SharedRates } from './shared-rates.js'
import { startSweeping } from './sweeper.js'

interface Parts {
  readonly db: Database
  readonly node: () => number
  readonly listener: ChangeListener
  readonly changes: ChangeFeed
}

export class PostgresSharedWork implements SharedWork {
  readonly claimTick: SharedWork['claimTick']
  readonly rates: SharedRates
  readonly places: SharedPlaces
  readonly deliveries: SharedDeliveries
  readonly guesses: SharedGuesses
  readonly live: SharedLive
  private readonly changes: ChangeFeed
  private readonly stopping = new AbortController()
  private readonly stopSweeping: () => void

  constructor({ db, node, listener, changes }: Parts) {
    this.changes = changes
    this.claimTick = createTickClaims(db, listener)
    this.rates = new SharedRates(db)
    this.places = new SharedPlaces(db, node)
    this.deliveries = new SharedDeliveries(db, node)
    this.guesses = new SharedGuesses(db)
    this.live = new SharedLive({
      db,
      node,
      listener,
      changes,
      stopping: this.stopping.signal
    })
    this.stopSweeping = startSweeping(db, () => listener.lead())
  }

  start(): void {
    this.live.start()
  }

  onChange(topic: SharedTopic, refresh: () => Promise<void>): void {
    this.changes.onTopic(topic, createRefreshing(refresh, this.stopping.signal))
  }

  /** Before the last writes. */
  async close(): Promise<void> {
    this.stopping.abort()
    this.stopSweeping()
    this.places.close()
    this.deliveries.close()
    await this.live.close()
    await this.rates.close()
  }
}
