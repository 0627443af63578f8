/** What the servers on this database agree on, put together. */
import type { SharedWork } from '../../../../core/contracts/shared-work.js'
import { createTickClaims } from '../schedule-ticks.js'
import type { ChangeListener } from '../db/change-listener.js'
import type { Database } from '../db/database.js'
import { SharedDeliveries } from './shared-deliveries.js'
import { SharedGuesses } from './shared-guesses.js'
import { SharedPlaces } from './shared-places.js'
import { SharedRates } from './shared-rates.js'
import { startSweeping } from './sweeper.js'

interface Parts {
  readonly db: Database
  readonly node: () => number
  readonly listener: ChangeListener
}

export class PostgresSharedWork implements SharedWork {
  readonly claimTick: SharedWork['claimTick']
  readonly rates: SharedRates
  readonly places: SharedPlaces
  readonly deliveries: SharedDeliveries
  readonly guesses: SharedGuesses
  private readonly stopSweeping: () => void

  constructor({ db, node, listener }: Parts) {
    this.claimTick = createTickClaims(db, listener)
    this.rates = new SharedRates(db)
    this.places = new SharedPlaces(db, node)
    this.deliveries = new SharedDeliveries(db, node)
    this.guesses = new SharedGuesses(db)
    this.stopSweeping = startSweeping(db, () => listener.lead())
  }

  /** Before the last writes. */
  async close(): Promise<void> {
    this.stopSweeping()
    this.places.close()
    this.deliveries.close()
    await this.rates.close()
  }
}
