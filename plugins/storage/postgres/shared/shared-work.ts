/** What the servers on this database agree on, put together. */
import type { SharedTopic, SharedWork } from '../../../../core/contracts/shared-work.js'
import { createTickClaims, takeLead } from '../schedule-ticks.js'
import type { ChangeListener } from '../db/change-listener.js'
import type { Database } from '../db/database.js'
import type { ChangeFeed } from '../functions/change-feed.js'
import type { Node } from '../nodes.js'
import { Flights } from './flights.js'
import { createRefreshing } from './refreshing.js'
import { SharedClock } from './shared-clock.js'
import { PostgresFunctionUse } from './function-use.js'
import { PostgresNodeBook } from './node-book.js'
import { SharedDeliveries } from './shared-deliveries.js'
import { SharedGuesses } from './shared-guesses.js'
import { createSharedInbox } from './shared-inbox.js'
import { SharedLive } from './shared-live.js'
import { SharedPlaces } from './shared-places.js'
import { SharedRates } from './shared-rates.js'
import { sweep } from './sweeper.js'

const SWEEP_MS = 60_000

interface Parts {
  readonly db: Database
  readonly node: Node
  readonly listener: ChangeListener
  readonly changes: ChangeFeed
}

export class PostgresSharedWork implements SharedWork {
  readonly now: () => number
  readonly leads: SharedWork['leads']
  readonly claimTicks: SharedWork['claimTicks']
  readonly hold: SharedWork['hold']
  readonly rates: SharedRates
  readonly places: SharedPlaces
  readonly deliveries: SharedDeliveries
  readonly guesses: SharedGuesses
  readonly nodes: PostgresNodeBook
  readonly functionUse: PostgresFunctionUse
  readonly live: SharedLive
  readonly alertNotices: SharedWork['alertNotices']
  private readonly db: Database
  private readonly changes: ChangeFeed
  private readonly clock: SharedClock
  private readonly stopping = new AbortController()
  /** By the last answer. */
  private isLeading = false
  private sweeping: NodeJS.Timeout | undefined

  constructor({ db, node, listener, changes }: Parts) {
    this.changes = changes
    this.clock = new SharedClock(db)
    this.now = this.clock.now
    this.claimTicks = createTickClaims(db, node)
    this.leads = async () => {
      this.isLeading = await takeLead(db, node.id).catch(() => false)
      return this.isLeading
    }
    this.hold = () => node.hold()
    const flights = new Flights(db)
    this.rates = new SharedRates(db, flights)
    this.places = new SharedPlaces(db, node.id, flights)
    this.deliveries = new SharedDeliveries(db, node.id)
    this.guesses = new SharedGuesses(db)
    this.nodes = new PostgresNodeBook({ db, node: node.id, changeSeen: () => listener.changeSeen })
    this.functionUse = new PostgresFunctionUse(db, node.id, this.stopping.signal)
    this.alertNotices = createSharedInbox(db)
    this.live = new SharedLive({
      db,
      node: node.id,
      listener,
      changes,
      stopping: this.stopping.signal
    })
    this.db = db
  }

  async start(): Promise<void> {
    await this.clock.start()
    this.live.start()
    this.sweeping = setInterval(() => {
      // Never to lead for that: a command without a server would keep the schedules from running. What fails is done
      // the next time.
      if (this.isLeading) this.sweep().catch(() => {})
    }, SWEEP_MS).unref()
  }

  /** Deletes what nobody asks about any more; one server does it, again and again. */
  sweep(): Promise<void> {
    return sweep(this.db)
  }

  onChange(topic: SharedTopic, refresh: () => Promise<void>): void {
    this.changes.onTopic(topic, createRefreshing(refresh, this.stopping.signal))
  }

  /** Before the last writes. */
  async close(): Promise<void> {
    this.stopping.abort()
    clearInterval(this.sweeping)
    this.clock.close()
    this.places.close()
    this.deliveries.close()
    await this.live.close()
    await this.rates.close()
  }
}
