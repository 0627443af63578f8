/** What the servers on this database agree on, put together. */
import type { SharedTopic, SharedWork } from '../../../../core/contracts/shared-work.js'
import { ScheduleTicks } from '../schedule-ticks.js'
import type { ChangeListener } from '../db/change-listener.js'
import type { Database } from '../db/database.js'
import type { ChangeFeed } from '../functions/change-feed.js'
import { createRefreshing } from './refreshing.js'
import { SharedClock } from './shared-clock.js'
import { PostgresNodeBook } from './node-book.js'
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
  readonly now: () => number
  readonly rates: SharedRates
  readonly places: SharedPlaces
  readonly deliveries: SharedDeliveries
  readonly guesses: SharedGuesses
  readonly nodes: PostgresNodeBook
  readonly live: SharedLive
  private readonly changes: ChangeFeed
  private readonly listener: ChangeListener
  private readonly clock: SharedClock
  private readonly ticks: ScheduleTicks
  private readonly stopping = new AbortController()
  private readonly stopSweeping: () => void

  constructor({ db, node, listener, changes }: Parts) {
    this.changes = changes
    this.listener = listener
    this.clock = new SharedClock(db)
    this.now = this.clock.now
    this.ticks = new ScheduleTicks({ db, node, lead: () => listener.lead(), now: this.now })
    this.rates = new SharedRates(db)
    this.places = new SharedPlaces(db, node)
    this.deliveries = new SharedDeliveries(db, node)
    this.guesses = new SharedGuesses(db)
    this.nodes = new PostgresNodeBook({ db, node, changeSeen: () => listener.changeSeen })
    this.live = new SharedLive({
      db,
      node,
      listener,
      changes,
      stopping: this.stopping.signal
    })
    this.stopSweeping = startSweeping(db, () => this.leads())
  }

  async start(): Promise<void> {
    await this.clock.start()
    this.live.start()
  }

  leads(): Promise<boolean> {
    return this.listener.lead().catch(() => false)
  }

  claimTick(functionId: string, scheduled: number, until: number): Promise<boolean> {
    return this.ticks.claimTick(functionId, scheduled, until)
  }

  claimTicks(
    functionIds: readonly string[],
    scheduled: number,
    until: number,
    run: (functionId: string) => void
  ): Promise<void> {
    return this.ticks.claimTicks(functionIds, scheduled, until, run)
  }

  onChange(topic: SharedTopic, refresh: () => Promise<void>): void {
    this.changes.onTopic(topic, createRefreshing(refresh, this.stopping.signal))
  }

  /** Before the last writes. */
  async close(): Promise<void> {
    this.stopping.abort()
    this.stopSweeping()
    this.clock.close()
    this.places.close()
    this.deliveries.close()
    await this.live.close()
    await this.rates.close()
  }
}
