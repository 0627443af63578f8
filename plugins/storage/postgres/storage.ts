/** Storage on PostgreSQL: its parts, put together. */
import { randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { DatabaseAddress } from '../../../config/database-url.js'
import { MoonletError } from '../../../core/base/errors.js'
import type { FunctionUpsert } from '../../../core/contracts/functions.js'
import type { ModuleUpsert } from '../../../core/contracts/modules.js'
import type { PluginDatabase } from '../../../core/contracts/plugin.js'
import type { Storage, StorageLimits, StoredUsage } from '../../../core/contracts/storage.js'
import { refuseConflicts } from '../functions/refusals.js'
import { RedactingWriter } from '../executions/redacting-writer.js'
import { NO_LIMITS } from '../quotas/no-limits.js'
import type { QuotaNotice } from '../quotas/quota-warnings.js'
import { createSecretBox } from '../secrets/secret-box.js'
import { createAlertStore } from './alert-store.js'
import { PostgresAuditStore } from './audit-store.js'
import { ChangeListener } from './db/change-listener.js'
import { Database } from './db/database.js'
import { MaskedRecorder } from './executions/masked-recorder.js'
import { SecretMasks } from './executions/masks.js'
import { PostgresExecutionStore } from './executions/store.js'
import { ExecutionWriter } from './executions/writer.js'
import { checkFingerprints } from './fingerprints.js'
import { PostgresAccessKeyStore } from './functions/access-key-store.js'
import { ChangeFeed, isTopic } from './functions/change-feed.js'
import { EnvHistory } from './functions/env-history.js'
import { PostgresEnvStore } from './functions/env-store.js'
import { PostgresFunctionStore } from './functions/function-store.js'
import { Purges } from './functions/purges.js'
import { PostgresVersionStore } from './functions/version-store.js'
import { PostgresJobStore } from './jobs/job-store.js'
import { PostgresKvStore } from './kv/kv-store.js'
import { PostgresModuleStore } from './modules/module-store.js'
import { lockModules } from './modules/module-writes.js'
import { Node } from './nodes.js'
import { refusePooledTransactions } from './pooler.js'
import { Quotas } from './quotas.js'
import { prepareSchema } from './schema.js'
import { PostgresSharedWork } from './shared/shared-work.js'
import { createSessionStore } from './session-store.js'
import { toStartFailure } from './start-failure.js'
import { createTokenStore } from './token-store.js'

export interface PostgresOptions {
  readonly address: DatabaseAddress
  /** Connections at most; 10 if not given. */
  readonly poolSize?: number
  /** How long a call waits while the database is away; 5 seconds if not given. */
  readonly waitMs?: number
  /** 32 bytes; encrypts environment variables. */
  readonly secretKey: Uint8Array
  /** All servers on the database have the same; not compared if not given. */
  readonly apiKey?: string | undefined
  /** Unix milliseconds, for the expiry of kv entries. */
  readonly nowMs?: () => number
  /** None if not given. */
  readonly limits?: StorageLimits
  /** Called when a quota is nearly used up. */
  readonly onNotice?: (notice: QuotaNotice) => void
}

const MAX_SKEWS = 5_000
/** More than there may be left within pages. */
const PROBE_BYTES = 262_144

/** Opens the database and brings its schema up to date. Rejects with one sentence that says what is wrong. */
export async function openPostgresStorage(options: PostgresOptions): Promise<PostgresStorage> {
  const { address, poolSize = 10, waitMs = 5_000 } = options
  const node = new Node()
  const db = new Database({ address, max: poolSize, waitMs }, node)
  try {
    const connection = await db.connections.acquire(undefined, true)
    try {
      await refusePooledTransactions(connection, () => db.connections.openOwn())
      await prepareSchema(connection)
    } finally {
      db.connections.release(connection)
    }
    await checkFingerprints(db, { secretKey: options.secretKey, apiKey: options.apiKey })
    await node.register(db)
    const storage = new PostgresStorage(db, node, options)
    await storage.start()
    return storage
  } catch (error) {
    await node.leave(db)
    await db.close()
    throw toStartFailure(error, address)
  }
}

export class PostgresStorage implements Storage {
  readonly shared: PostgresSharedWork
  readonly functions: PostgresFunctionStore
  readonly versions: PostgresVersionStore
  readonly modules: PostgresModuleStore
  readonly accessKeys: PostgresAccessKeyStore
  readonly executions: PostgresExecutionStore
  readonly jobs: PostgresJobStore
  readonly kv: PostgresKvStore
  readonly env: PostgresEnvStore
  readonly alerts: Storage['alerts']
  readonly sessions: Storage['sessions']
  readonly tokens: Storage['tokens']
  readonly audit: PostgresAuditStore
  private readonly quotas: Quotas
  private readonly changes: ChangeFeed
  private readonly purges: Purges
  private readonly writer: ExecutionWriter
  private readonly listener: ChangeListener
  private readonly nowMs: () => number

  constructor(
    private readonly db: Database,
    private readonly node: Node,
    options: PostgresOptions
  ) {
    const { secretKey, nowMs = Date.now, limits = NO_LIMITS, onNotice = () => {} } = options
    const { backgroundStripe } = node
    const secrets = createSecretBox(secretKey)
    const changes = new ChangeFeed(node.id)
    const masks = new SecretMasks(db, secrets)
    const purges = new Purges(db, backgroundStripe)
    const quotas = new Quotas({ db, limits, onNotice, stripe: backgroundStripe })
    this.jobs = new PostgresJobStore({ db, secrets, limits: limits.jobs, backgroundStripe })
    const writer = this.createWriter(quotas)
    const recorder = new MaskedRecorder(new RedactingWriter(writer, masks), masks)
    const history = new EnvHistory(secrets, nowMs)

    this.functions = new PostgresFunctionStore({ db, secrets, masks, changes, purges })
    this.versions = new PostgresVersionStore({ db, changes, purges })
    this.modules = new PostgresModuleStore({ db, changes })
    this.accessKeys = new PostgresAccessKeyStore({ db, changes })
    this.executions = new PostgresExecutionStore({
      db,
      writer,
      recorder,
      backgroundStripe,
      node: node.id
    })
    this.kv = new PostgresKvStore({
      db,
      quotas,
      executions: writer,
      recorder,
      nowMs,
      backgroundStripe
    })
    this.env = new PostgresEnvStore({ db, secrets, changes, history, executions: writer })
    this.alerts = createAlertStore(db, secrets, node.id)
    this.sessions = createSessionStore(db, node.id)
    this.tokens = createTokenStore(db, node.id)
    this.audit = new PostgresAuditStore({ db, secrets, nowMs })
    this.quotas = quotas
    this.changes = changes
    this.purges = purges
    this.writer = writer
    this.nowMs = nowMs
    this.listener = new ChangeListener({
      db,
      node: node.id,
      tell: ids => {
        changes.tell(ids)
      },
      tellsOwn: isTopic
    })
    this.shared = new PostgresSharedWork({ db, node, listener: this.listener, changes })
    node.report = () => this.shared.nodes.report()
    this.followChanges(masks)
  }

  /** What is cached here is right before anybody else looks. */
  private followChanges(masks: SecretMasks): void {
    this.changes.onVariables(id => {
      masks.forget(id)
    })
    this.changes.onChangeFirst(id => {
      masks.forget(id)
      // Own limits come with functions.
      void this.quotas.refresh().catch(() => {})
    })
  }

  private createWriter(quotas: Quotas): ExecutionWriter {
    const context = {
      node: this.node.id,
      stripe: this.node.stripe,
      knownSkew: new LRUCache<string, number>({ max: MAX_SKEWS }),
      onGrowth: (id: string, bytes: number) => {
        quotas.noteGrowth(id, 'history', bytes)
      }
    }
    return new ExecutionWriter(this.db, context, (batch, settlement) =>
      this.jobs.addSettlement(batch, settlement)
    )
  }

  /** Round trips so far. */
  get roundTrips(): number {
    return this.db.trips.count
  }

  async start(): Promise<void> {
    await this.listener.start()
    await this.shared.start()
    await this.quotas.start()
    this.purges.start()
  }

  async push(functions: readonly FunctionUpsert[], modules: readonly ModuleUpsert[]) {
    let concerned: readonly string[] = []
    const pushed = await this.db.transaction(['functions'], async session => {
      await lockModules(session)
      refuseConflicts([
        ...(await this.functions.conflictsOf(session, functions)),
        ...(await this.modules.conflictsOf(session, modules))
      ])
      const done = await this.functions.upsertNow(session, functions)
      const shared = await this.modules.upsertNow(session, modules)
      concerned = shared.concerned
      return { functions: done, modules: shared.done }
    })
    this.changes.tell([...functions.map(({ id }) => id), ...concerned])
    return pushed
  }

  openPluginTables(plugin: string): Promise<PluginDatabase> {
    return Promise.reject(
      new MoonletError(
        'PLUGIN_FAILED',
        `The plugin ${plugin} keeps tables of its own in SQLite, which Moonlet on PostgreSQL does not offer: ` +
          'leave it out of PLUGINS, or run without DATABASE_URL.'
      )
    )
  }

  backup(): Promise<void> {
    return Promise.reject(
      new MoonletError('INVALID_REQUEST', 'A database on PostgreSQL is backed up with pg_dump.')
    )
  }

  /** PostgreSQL's autovacuum does that. */
  async reclaim(): Promise<number> {
    return 0
  }

  async sizes(): Promise<{ readonly bytes: number; readonly freeBytes: number }> {
    const row = await this.db.get<{ bytes: number }>(
      [],
      'select pg_database_size(current_database()) as bytes'
    )
    return { bytes: row?.bytes ?? 0, freeBytes: 0 }
  }

  async usage(functionId?: string): Promise<StoredUsage> {
    const row = await this.db.get<StoredUsage>(
      ['executions', 'functions', `kv ${functionId ?? ''}`],
      `select coalesce(sum(history), 0)::int8 as history, coalesce(sum(kv), 0)::int8 as kv from stored_bytes
       where function = ${functionId === undefined ? '$1::int8' : '(select seq from functions where id = $1)'}`,
      functionId ?? -1
    )
    return row ?? { history: 0, kv: 0 }
  }

  async probe(): Promise<void> {
    // While it is known to be away nobody has to wait for it.
    this.listener.throwIfAway()
    const { connections } = this.db
    const wasFull = connections.isFull
    await this.writeProbe(wasFull ? randomBytes(PROBE_BYTES) : null)
    if (!wasFull) return
    connections.isFull = false
    await this.writeProbe(null)
  }

  private async writeProbe(filler: Uint8Array | null): Promise<void> {
    await this.db.change(
      [],
      `insert into probes (id, at, filler) values ($1, $2, $3)
       on conflict (id) do update set at = excluded.at, filler = excluded.filler`,
      this.node.id(),
      Math.floor(this.nowMs()),
      filler
    )
  }

  async close(): Promise<void> {
    this.writer.stop()
    await this.purges.stop()
    await this.quotas.stop()
    await this.shared.close()
    await this.db.flush()
    await this.listener.close()
    await this.node.leave(this.db)
    await this.db.close()
  }
}
