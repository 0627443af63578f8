/**
 * Learns of changes of functions that other servers make: the database notifies, and in case that was lost, the number
 * of the newest change is looked at every second. So it is also the first to notice that the database does not answer:
 * then no connection to it is trusted any more. The connection is opened again when it ends.
 */
import { SilentServer, type Connection } from './connection.js'
import type { Database } from './database.js'
import { messageOf } from './error-text.js'
import { unavailable } from './failure.js'

interface Change {
  readonly id: string
  readonly n: number
  readonly node: number
}

export interface ChangeListenerOptions {
  readonly db: Database
  readonly node: () => number
  readonly tell: (functionIds: readonly string[]) => void
  /** Whether changes of that are told also when they are this server's: its own may stand in place of another's. */
  readonly tellsOwn: (id: string) => boolean
}

/** Notifications of executions that somebody watches, on the channel for them. */
export interface LiveChannel {
  /** It was interrupted: what was sent meanwhile is lost. */
  readonly onOpen: () => void
  readonly onMessage: (payload: string) => void
}

export const LIVE_CHANNEL = 'moonlet_live'

const CHECK_MS = 1000
/** A server that says nothing for so long is not there, whatever the connection says. */
const SILENCE_MS = 4_000
const REOPEN_MS = 500

export class ChangeListener {
  private connection: Connection | undefined
  private last = 0
  private isClosed = false
  private timer: NodeJS.Timeout | undefined
  private checking: Promise<void> | undefined
  private isCheckWanted = false
  private live: LiveChannel | undefined

  constructor(private readonly options: ChangeListenerOptions) {}

  /** Resolves when it listens: nothing that is committed later is missed. */
  async start(): Promise<void> {
    await this.open()
    const row = await this.options.db.get<{ n: number }>([], 'select n from change_number')
    this.last = row?.n ?? 0
    this.timer = setInterval(() => {
      this.check()
    }, CHECK_MS).unref()
  }

  /** The number of the newest change that is known here. */
  get changeSeen(): number {
    return this.last
  }

  async close(): Promise<void> {
    this.isClosed = true
    clearInterval(this.timer)
    await this.checking
    await this.connection?.close()
  }

  /** Throws DATABASE_UNAVAILABLE when the last tries to reach the database have failed. */
  throwIfAway(): void {
    const { away } = this.options.db.connections
    if (this.connection !== undefined || away === undefined) return
    throw unavailable(messageOf(away), away)
  }

  /** Resolves when this server hears that channel, or no longer; while the database is away, when it is back. */
  async hear(live: LiveChannel | undefined): Promise<void> {
    this.live = live
    const { connection } = this
    await connection
      ?.script(`${live === undefined ? 'unlisten' : 'listen'} ${LIVE_CHANNEL}`)
      // What hears next after this connection begins anew.
      .catch(() => {})
  }

  private async open(): Promise<void> {
    const connection = await this.options.db.connections.openOwn()
    connection.onEnd = () => {
      this.connection = undefined
      this.openAgain()
    }
    connection.onNotification = (channel, payload) => {
      if (channel === LIVE_CHANNEL) this.live?.onMessage(payload)
      else this.check()
    }
    const { live } = this
    await connection.run(
      [
        { sql: 'listen moonlet_changes', values: [] },
        ...(live === undefined ? [] : [{ sql: `listen ${LIVE_CHANNEL}`, values: [] }])
      ],
      SILENCE_MS
    )
    this.connection = connection
    live?.onOpen()
    if (this.isClosed) await connection.close()
  }

  private openAgain(): void {
    if (this.isClosed) return
    setTimeout(() => {
      if (this.isClosed) return
      this.open().then(
        () => {
          this.check()
        },
        () => {
          this.openAgain()
        }
      )
    }, REOPEN_MS).unref()
  }

  /** One at a time; what is wanted meanwhile is done once more. */
  private check(): void {
    this.isCheckWanted = true
    if (this.checking !== undefined || this.isClosed) return
    this.checking = this.checkAll().finally(() => {
      this.checking = undefined
    })
  }

  private async checkAll(): Promise<void> {
    while (this.isCheckWanted && !this.isClosed) {
      this.isCheckWanted = false
      const { connection } = this
      // While the database is away nothing changes; afterwards it looks.
      if (connection === undefined) return
      try {
        await this.readChanges(connection)
      } catch (error) {
        if (error instanceof SilentServer) this.options.db.connections.dropAll()
      }
    }
  }

  private async readChanges(connection: Connection): Promise<void> {
    const [result] = await connection.run(
      [
        {
          sql: 'select function_id as id, n, node from changes where n > $1 order by n',
          values: [this.last]
        }
      ],
      SILENCE_MS
    )
    const changes = (result?.rows ?? []) as unknown as Change[]
    this.last = changes.at(-1)?.n ?? this.last
    const { tellsOwn } = this.options
    const node = this.options.node()
    this.options.tell(
      changes.filter(change => change.node !== node || tellsOwn(change.id)).map(({ id }) => id)
    )
  }
}
