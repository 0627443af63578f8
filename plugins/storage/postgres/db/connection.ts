/**
 * One connection to PostgreSQL. Statements that are known together go out together, in one write and one round trip,
 * and without an open transaction they are one transaction. Each text is prepared once for each connection.
 */
import pg from 'pg'
import type { DatabaseAddress, DatabaseHost } from '../../../../config/database-url.js'
import { Pipeline, type Wire } from './pipeline.js'
import { PreparedStatements } from './prepared-statements.js'
import type { Result, Statement } from './statement.js'
import { openSecured } from './tls.js'

/** From the first packet until the server takes statements; less where there is another server to be tried. */
const CONNECT_TIMEOUT_MS = 4_000
const CONNECT_TIMEOUT_OF_SEVERAL_MS = 2_500
/** How long a server that is told goodbye may take to close. */
const CLOSE_TIMEOUT_MS = 1_000

/** How long statements wait for others that they go with. */
const SOON_MS = 1

/** Settings of each session. */
const SESSION = [
  // What a server that was cut off holds (locks, an open transaction) ends within seconds, and others go on.
  '-c tcp_keepalives_idle=5',
  '-c tcp_keepalives_interval=2',
  '-c tcp_keepalives_count=3',
  '-c tcp_user_timeout=10000',
  '-c idle_in_transaction_session_timeout=8000',
  '-c default_transaction_isolation=read\\ committed',
  '-c bytea_output=hex',
  // No plan here depends on its values, and making one costs more than the statement.
  '-c plan_cache_mode=force_generic_plan',
  '-c jit=off',
  // Plans are made when tables are small, and kept while they grow: an index is always right.
  '-c enable_seqscan=off',
  '-c extra_float_digits=1'
]

/** The connection stands, and nothing comes. */
export class SilentServer extends Error {
  constructor(ms: number) {
    super(`it has not answered for ${ms / 1000} seconds, and the connection was given up`)
  }
}

export interface ConnectionOptions {
  readonly address: DatabaseAddress
  readonly host: DatabaseHost
  /** Longest time of one statement. */
  readonly statementTimeoutMs: number
}

export class Connection {
  /** Called once, when it can no longer be used. */
  onEnd: (error: Error | undefined) => void = () => {}
  onNotification: (channel: string, payload: string) => void = () => {}
  isBroken = false
  /** Of which time of the pool it is (connections.ts). */
  generation = 0
  private readonly prepared = new PreparedStatements()
  /** The server can be told to end it when it says nothing (`idle_session_timeout`, since version 14). */
  endsWhenIdle = false
  private postponed: Statement[] = []

  private constructor(
    private readonly client: pg.Client,
    private readonly silenceMs: number
  ) {
    client.on('error', error => {
      this.end(error)
    })
    client.on('end', () => {
      this.end(undefined)
    })
    client.on('notification', ({ channel, payload }) => {
      this.onNotification(channel, payload ?? '')
    })
    this.wire.on('parseComplete', () => {
      this.prepared.noteParsed()
    })
    this.wire.on('parameterStatus', ({ parameterName, parameterValue }) => {
      if (parameterName === 'server_version') this.endsWhenIdle = parseInt(parameterValue) >= 14
    })
  }

  /** Rejects with what `pg` says. */
  static async open({ address, host, statementTimeoutMs }: ConnectionOptions): Promise<Connection> {
    return openSecured(address, host, async ssl => {
      const client = new pg.Client({
        host: host.host,
        port: host.port,
        user: address.user,
        password: address.password ?? '',
        database: address.database,
        application_name: address.applicationName,
        ssl,
        keepAlive: true,
        keepAliveInitialDelayMillis: 10_000,
        connectionTimeoutMillis:
          address.hosts.length > 1 ? CONNECT_TIMEOUT_OF_SEVERAL_MS : CONNECT_TIMEOUT_MS,
        options: [`-c statement_timeout=${statementTimeoutMs}`, ...SESSION].join(' ')
      })
      const connection = new Connection(client, statementTimeoutMs + 2_000)
      await client.connect()
      return connection
    })
  }

  /** Of PostgreSQL, as it was told at the start. */
  get processId(): number {
    return (this.client as unknown as { readonly processID: number }).processID
  }

  /**
   * Statements in one round trip; of those behind one that fails nothing is done. A server that says nothing for
   * `silenceMs` is gone.
   */
  run(statements: readonly Statement[], silenceMs = this.silenceMs): Promise<Result[]> {
    const { postponed } = this
    if (postponed.length === 0) return this.send(statements, silenceMs)
    this.postponed = []
    const sent = this.send([...postponed, ...statements], silenceMs)
    return sent.then(results => results.slice(postponed.length))
  }

  /** With the next statements, before them; alone when there are none within a moment. */
  runSoon(statements: readonly Statement[]): void {
    if (statements.length === 0 || this.isBroken) return
    this.postponed.push(...statements)
    setTimeout(() => {
      if (this.postponed.length > 0 && !this.isBroken) this.run([]).catch(() => {})
    }, SOON_MS)
  }

  private send(statements: readonly Statement[], silenceMs: number): Promise<Result[]> {
    return new Promise((resolve, reject) => {
      const pipeline = new Pipeline(this.prepared, statements, resolve, reject)
      pipeline.guard(silenceMs, () => {
        this.wire.stream.destroy(new SilentServer(silenceMs))
      })
      this.client.query(pipeline as unknown as pg.Submittable)
    })
  }

  /** Several statements as one text, without values: migrations. */
  async script(sql: string): Promise<void> {
    await this.client.query(sql)
  }

  /** Tells the server; one that does not answer is left. Does not call `onEnd`. */
  async close(): Promise<void> {
    this.isBroken = true
    const late = setTimeout(() => {
      this.wire.stream.destroy()
    }, CLOSE_TIMEOUT_MS)
    await this.client.end().catch(() => {})
    clearTimeout(late)
  }

  /** Ends it without a word to the server, which may not be there; what is under way rejects. */
  destroy(): void {
    this.wire.stream.destroy()
  }

  private get wire(): Wire {
    return (this.client as unknown as { readonly connection: Wire }).connection
  }

  private end(error: Error | undefined): void {
    if (this.isBroken) return
    this.isBroken = true
    this.onEnd(error)
  }
}
