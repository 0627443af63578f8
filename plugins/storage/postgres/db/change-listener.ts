/**
 * Learns of changes of functions that other servers make: the database notifies, and in case that was lost, the number
 * of the newest change is looked at every second. The connection also holds the lock that says that this server lives,
 * and on one of the servers the lock of the leader; it is opened again when it ends.
 */
import { MoonletError } from '../../../../core/base/errors.js'
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

/** Notifications of executions that somebody watches, on the channel for them. */
export interface LiveChannel {
  /** It was interrupted: what was sent meanwhile is lost. */
  readonly onOpen: () => void
  readonly onMessage: (payload: string) => void
}

export const LIVE_CHANNEL = 'moonlet_live'

const CHECK_MS = 1000
const REOPEN_MS = 500
/** First of the two numbers of a server's lock; the second is its id. */
export const NODE_LOCK = 76
/** Held by one server, which runs the schedules of all. Among the single locks (79): 77 are keys of stored values. */
const LEADER_LOCK = '79, 4'

/**
 * A server that hangs, or whose machine is gone, may hold its connection for hours: once its lease has run out, the
 * database is asked to end that.
 */
const endLostLeader = `
select pg_terminate_backend(lead.pid) from pg_locks lead
  join pg_locks life on life.pid = lead.pid and life.locktype = 'advisory' and life.classid = ${NODE_LOCK}
  join nodes n on n.id = life.objid and n.lease_until < now_ms()
where lead.locktype = 'advisory' and (lead.classid, lead.objid) = (${LEADER_LOCK}) and lead.granted
  and lead.database = (select oid from pg_database where datname = current_database())
  and lead.pid <> pg_backend_pid()`

const NO_CONNECTION = 'The database is away; which server runs schedules is not known.'

export class ChangeListener {
  private connection: Connection | undefined
  private isLeader = false
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

  /**
   * Whether this server leads; when nobody does, it does from now on. Rejects while the connection is away, with which
   * the lead is lost.
   */
  async lead(): Promise<boolean> {
    if (this.isLeader) return true
    const { connection } = this
    if (connection === undefined) throw new MoonletError('DATABASE_UNAVAILABLE', NO_CONNECTION)
    const [result] = await connection.run([
      { sql: `select pg_try_advisory_lock(${LEADER_LOCK}) as mine`, values: [] },
      { sql: endLostLeader, values: [] }
    ])
    this.isLeader = result?.rows[0]?.['mine'] === true && this.connection === connection
    return this.isLeader
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
      this.isLeader = false
      this.connection = undefined
      this.openAgain()
    }
    connection.onNotification = (channel, payload) => {
      if (channel === LIVE_CHANNEL) this.live?.onMessage(payload)
      else this.check()
    }
    await connection.run([
      { sql: `select pg_advisory_lock(${NODE_LOCK}, $1::int)`, values: [this.options.node()] }
    ])
    await connection.script('listen moonlet_changes')
    const { live } = this
    if (live !== undefined) await connection.script(`listen ${LIVE_CHANNEL}`)
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
