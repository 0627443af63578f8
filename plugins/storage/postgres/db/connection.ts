/**
 * One connection to PostgreSQL. Statements that are known together go out together, in one write and one round trip,
 * and without an open transaction they are one transaction. Each text is prepared once for each connection.
 */
import pg from 'pg'
import type { DatabaseAddress, DatabaseHost } from '../../../../config/database-url.js'
import { decode, encode, type SqlRow, type SqlValue } from './values.js'

export interface Statement {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

export interface Result {
  readonly rows: SqlRow[]
  /** Rows that were read or changed. */
  readonly count: number
}

/** The part of `pg`'s connection that a submittable query may use. */
interface Wire {
  readonly stream: { cork?(): void; uncork?(): void; destroy(error?: Error): void }
  parse(message: { name: string; text: string; types: number[] }): void
  bind(message: { statement: string; values: ReadonlyArray<string | Buffer | null> }): void
  describe(message: { type: 'P'; name: string }): void
  execute(message: object): void
  sync(): void
  on(event: 'parseComplete', listener: () => void): void
}

interface Field {
  readonly name: string
  readonly dataTypeID: number
}

/** A statement on one connection. */
interface Prepared {
  readonly name: string
  /** The server has confirmed it. */
  isParsed: boolean
  /** Columns of its result, once known. */
  fields: readonly Field[] | undefined
}

/** From the first packet until the server takes statements; less where there is another server to be tried. */
const CONNECT_TIMEOUT_MS = 4_000
const CONNECT_TIMEOUT_OF_SEVERAL_MS = 2_500
/** How long a server that is told goodbye may take to close. */
const CLOSE_TIMEOUT_MS = 1_000

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
  private readonly prepared = new Map<string, Prepared>()
  /** Statements whose preparation is on its way. */
  private parsing: Prepared[] = []

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
      const prepared = this.parsing.shift()
      if (prepared !== undefined) prepared.isParsed = true
    })
  }

  /** Rejects with what `pg` says. */
  static async open({ address, host, statementTimeoutMs }: ConnectionOptions): Promise<Connection> {
    const open = async (ssl: pg.ClientConfig['ssl']): Promise<Connection> => {
      const client = new pg.Client({
        host: host.host,
        port: host.port,
        user: address.user,
        password: address.password ?? process.env['PGPASSWORD'] ?? '',
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
    }
    const ssl = toTls(address, host)
    if (address.sslMode !== 'prefer' || ssl === false) return open(ssl)
    return open(ssl).catch((error: unknown) => {
      if (error instanceof Error && error.message.includes('does not support SSL')) {
        return open(false)
      }
      throw error
    })
  }

  /**
   * Statements in one round trip; of those behind one that fails nothing is done. A server that says nothing for
   * `silenceMs` is gone.
   */
  run(statements: readonly Statement[], silenceMs = this.silenceMs): Promise<Result[]> {
    return new Promise((resolve, reject) => {
      const pipeline = new Pipeline(this, statements, resolve, reject)
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

  /** Gives the statement its name; `isNew` when it has to be prepared first. */
  prepare(sql: string): { readonly prepared: Prepared; readonly isNew: boolean } {
    const known = this.prepared.get(sql)
    if (known !== undefined && (known.isParsed || this.parsing.includes(known))) {
      return { prepared: known, isNew: false }
    }
    const prepared: Prepared = {
      name: `s${this.prepared.size}`,
      isParsed: false,
      fields: undefined,
      ...(known === undefined ? {} : { name: known.name })
    }
    this.prepared.set(sql, prepared)
    this.parsing.push(prepared)
    return { prepared, isNew: true }
  }

  /** After an error the server has skipped the rest. */
  forgetParsing(): void {
    this.parsing = []
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

/** A query of `pg` that sends many statements and one Sync. */
class Pipeline {
  /** `pg` wraps it. */
  callback: ((error: Error | null) => void) | undefined
  private readonly results: Array<{ rows: SqlRow[]; count: number }> = []
  private readonly sent: Prepared[] = []
  private readonly encoded: ReadonlyArray<ReadonlyArray<string | Buffer | null>>
  private timer: NodeJS.Timeout | undefined
  private turn: NodeJS.Immediate | undefined

  constructor(
    private readonly connection: Connection,
    private readonly statements: readonly Statement[],
    private readonly resolve: (results: Result[]) => void,
    private readonly reject: (error: Error) => void
  ) {
    this.encoded = statements.map(({ values }) => values.map(encode))
    for (let i = 0; i < statements.length; i++) this.results.push({ rows: [], count: 0 })
  }

  private at = 0

  /** A server that says nothing for so long is gone, whatever TCP believes. */
  guard(ms: number, onSilence: () => void): void {
    this.timer = setTimeout(() => {
      // What has come while this process was busy is read before that.
      this.turn = setImmediate(onSilence)
    }, ms)
  }

  submit(wire: Wire): void {
    wire.stream.cork?.()
    for (const [index, { sql }] of this.statements.entries()) {
      const { prepared, isNew } = this.connection.prepare(sql)
      this.sent.push(prepared)
      if (isNew) wire.parse({ name: prepared.name, text: sql, types: [] })
      wire.bind({ statement: prepared.name, values: this.encoded[index] ?? [] })
      if (prepared.fields === undefined) wire.describe({ type: 'P', name: '' })
      wire.execute({})
    }
    wire.sync()
    wire.stream.uncork?.()
  }

  handleRowDescription({ fields }: { fields: readonly Field[] }): void {
    const prepared = this.sent[this.at]
    if (prepared !== undefined) {
      prepared.fields = fields.map(({ name, dataTypeID }) => ({ name, dataTypeID }))
    }
  }

  handleDataRow({ fields: values }: { fields: ReadonlyArray<string | null> }): void {
    const fields = this.sent[this.at]?.fields ?? []
    const row: Record<string, unknown> = {}
    for (const [index, { name, dataTypeID }] of fields.entries()) {
      row[name] = decode(values[index] ?? null, dataTypeID)
    }
    this.results[this.at]?.rows.push(row)
  }

  handleCommandComplete({ text }: { text: string }): void {
    const [prepared, result] = [this.sent[this.at], this.results[this.at]]
    if (prepared !== undefined) prepared.fields ??= []
    if (result !== undefined) result.count = Number(/\d+$/.exec(text)?.[0] ?? 0)
    this.at++
  }

  handleEmptyQuery(): void {
    this.at++
  }

  handlePortalSuspended(): void {}
  handleCopyInResponse(): void {}
  handleCopyData(): void {}

  handleReadyForQuery(): void {
    this.endGuard()
    this.resolve(this.results)
  }

  private endGuard(): void {
    clearTimeout(this.timer)
    clearImmediate(this.turn)
  }

  handleError(error: Error): void {
    this.endGuard()
    this.connection.forgetParsing()
    this.reject(error)
  }
}

function toTls(
  { sslMode, certificates }: DatabaseAddress,
  { host }: DatabaseHost
): Exclude<pg.ClientConfig['ssl'], undefined> {
  if (sslMode === 'disable' || sslMode === 'allow' || host.startsWith('/')) return false
  // As libpq does: who names an authority wants it to be checked.
  const checksAuthority = sslMode.startsWith('verify') || certificates.ca !== undefined
  return {
    ...certificates,
    rejectUnauthorized: checksAuthority,
    ...(sslMode === 'verify-full' ? {} : { checkServerIdentity: () => undefined })
  }
}
