/**
 * Learns of changes of functions that other servers make: the database notifies, and in case that was lost, the number
 * of the newest change is looked at every second. The connection also holds the lock that says that this server lives;
 * it is opened again when it ends.
 */
import type { Connection } from './connection.js'
import type { Database } from './database.js'

interface Change {
  readonly id: string
  readonly n: number
  readonly node: number
}

export interface ChangeListenerOptions {
  readonly db: Database
  readonly node: () => number
  readonly tell: (functionIds: readonly string[]) => void
}

const CHECK_MS = 1000
const REOPEN_MS = 500
/** First of the two numbers of a server's lock; the second is its id. */
export const NODE_LOCK = 76

export class ChangeListener {
  private connection: Connection | undefined
  private last = 0
  private isClosed = false
  private timer: NodeJS.Timeout | undefined
  private checking: Promise<void> | undefined
  private isCheckWanted = false

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

  async close(): Promise<void> {
    this.isClosed = true
    clearInterval(this.timer)
    await this.checking
    await this.connection?.close()
  }

  private async open(): Promise<void> {
    const connection = await this.options.db.connections.openOwn()
    connection.onEnd = () => {
      this.openAgain()
    }
    connection.onNotification = () => {
      this.check()
    }
    await connection.run([
      { sql: `select pg_advisory_lock(${NODE_LOCK}, $1::int)`, values: [this.options.node()] }
    ])
    await connection.script('listen moonlet_changes')
    this.connection = connection
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
      // While the database is away nothing changes.
      await this.readChanges().catch(() => {})
    }
  }

  private async readChanges(): Promise<void> {
    const changes = await this.options.db.all<Change>(
      [],
      'select function_id as id, n, node from changes where n > $1 order by n',
      this.last
    )
    this.last = changes.at(-1)?.n ?? this.last
    const node = this.options.node()
    this.options.tell(changes.filter(change => change.node !== node).map(({ id }) => id))
  }
}
