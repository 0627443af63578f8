/** AuditStore on PostgreSQL. */
import { MoonletError } from '../../../core/base/errors.js'
import type {
  AuditFilter,
  AuditNote,
  AuditRecord,
  AuditState,
  AuditStore,
  AuditSubject
} from '../../../core/contracts/audit.js'
import type { Page, Paged } from '../../../core/contracts/page.js'
import { toFunctionSettings } from '../../../core/validation/function-settings.js'
import {
  toFunctionEntries,
  toModuleEntries,
  toSharedEntries,
  toValueEntries,
  type AuditEntry,
  type ValueSubject
} from '../audit/audit-entries.js'
import { isRefusal, toRecord, toRow } from '../audit/audit-rows.js'
import type { FunctionState, VariableState } from '../audit/compare-states.js'
import { toFunctionWithVersion, type ActiveRow } from '../functions/function-rows.js'
import type { SecretBox } from '../secrets/secret-box.js'
import type { Database } from './db/database.js'
import type { Session } from './db/transaction.js'
import type { SqlValue } from './db/values.js'
import { findSql, variablesSql, type VariableRow } from './functions/function-reads.js'
import { kvOwner } from './kv/scopes.js'

interface Parts {
  readonly db: Database
  readonly secrets: SecretBox
  readonly nowMs: () => number
}

const TAGS = ['audit']
const columns = `id, at, actor_kind as "actorKind", actor_id as "actorId", actor_name as "actorName", via, ip, action,
  target_kind as "targetKind", target_id as "targetId", target_name as "targetName", function_id as "functionId",
  before, after`

export class PostgresAuditStore implements AuditStore {
  constructor(private readonly parts: Parts) {}

  track<T>(note: AuditNote, subject: AuditSubject, change: () => Promise<T>): Promise<T> {
    return this.parts.db.around(async (session, work) => {
      const finish = await this.look(session, subject)
      const result = await work()
      if (!isRefusal(result)) {
        for (const entry of await finish()) await session.run([this.toInsert(note, entry)])
      }
      return result
    }, change)
  }

  add(note: AuditNote, entry: AuditEntry): Promise<void> {
    const { sql, values } = this.toInsert(note, entry)
    return this.parts.db.write(TAGS, batch => {
      batch.add(sql, ...values)
      return () => {}
    })
  }

  async list({ limit, offset }: Page, filter: AuditFilter = {}): Promise<Paged<AuditRecord>> {
    const { functionId, actor, from, to } = filter
    const values: SqlValue[] = []
    const where = ['true']
    const add = (condition: string, value: SqlValue): void => {
      values.push(value)
      where.push(condition.replaceAll('?', `$${values.length}`))
    }
    if (functionId !== undefined) add('function_id = ?', functionId)
    if (actor !== undefined) add('(actor_kind = ? or actor_name = ? or actor_id = ?)', actor)
    if (from !== undefined) add('at >= ?', Math.ceil(from))
    if (to !== undefined) add('at <= ?', Math.floor(to))
    const source = `from audit where ${where.join(' and ')}`
    return this.parts.db.read(['audit', 'functions'], session =>
      session.page(
        {
          sql: `select ${columns} ${source} order by id desc limit $${values.length + 1} offset $${values.length + 2}`,
          values: [...values, limit, offset]
        },
        { sql: `select count(*) as total ${source}`, values },
        toRecord
      )
    )
  }

  expire(before: number, most: number, limit: number): Promise<number> {
    return this.parts.db.background(async session => {
      const old = await session.change(
        'delete from audit where id in (select id from audit where at < $1 order by at limit $2)',
        Math.ceil(before),
        limit
      )
      const row = await session.get<{ total: number }>('select count(*) as total from audit')
      const excess = Math.min(limit - old, (row?.total ?? 0) - most)
      if (excess <= 0) return old
      const values = await session.change(
        `delete from audit where id in (select id from audit where target_kind = 'value' order by id limit $1)`,
        excess
      )
      return (
        old +
        values +
        (await session.change(
          'delete from audit where id in (select id from audit order by id limit $1)',
          excess - values
        ))
      )
    })
  }

  /** Looks at what is there; the result looks again, and returns what has become of it. */
  private async look(
    session: Session,
    subject: AuditSubject
  ): Promise<() => Promise<AuditEntry[]>> {
    if ('target' in subject) return async () => [subject]
    if ('value' in subject) return this.lookAtValue(session, subject.value)
    if ('sharedVariables' in subject) return this.lookAtShared(session)
    const modules = await this.lookAtModules(session, subject.modules ?? [])
    const before = new Map<string, FunctionState | undefined>()
    for (const id of subject.functions) before.set(id, await this.readFunction(session, id))
    return async () => {
      const entries: AuditEntry[] = []
      for (const [id, state] of before) {
        entries.push(...toFunctionEntries(id, state, await this.readFunction(session, id)))
      }
      return [...entries, ...(await modules())]
    }
  }

  private async lookAtValue(
    session: Session,
    { functionId, key }: ValueSubject
  ): Promise<() => Promise<AuditEntry[]>> {
    const read = () => this.readValue(session, functionId, key)
    const before = await read()
    return async () => toValueEntries({ functionId, key }, before, await read())
  }

  private async lookAtModules(
    session: Session,
    ids: readonly string[]
  ): Promise<() => Promise<AuditEntry[]>> {
    const before = new Map<string, AuditState | undefined>()
    for (const id of ids) before.set(id, await readModuleState(session, id))
    return async () => {
      const entries: AuditEntry[] = []
      for (const [id, state] of before) {
        entries.push(...toModuleEntries(id, state, await readModuleState(session, id)))
      }
      return entries
    }
  }

  private async lookAtShared(session: Session): Promise<() => Promise<AuditEntry[]>> {
    const read = async () => this.openAll('', await session.all(variablesSql, ''))
    const before = await read()
    return async () => toSharedEntries(before, await read())
  }

  private async readValue(
    session: Session,
    functionId: string,
    key: Uint8Array
  ): Promise<AuditState | undefined> {
    const entry = await session.get<{ bytes: number; expiresAt: number | null }>(
      `select octet_length(value) as bytes, expires_at as "expiresAt" from kv
       where function = ${kvOwner('$1')} and key = $2 and (expires_at is null or expires_at > $3)`,
      functionId,
      key,
      Math.floor(this.parts.nowMs())
    )
    if (entry === undefined) return undefined
    const { bytes, expiresAt } = entry
    return { bytes, expires_at: expiresAt === null ? undefined : Math.ceil(expiresAt / 1000) }
  }

  private async readFunction(session: Session, id: string): Promise<FunctionState | undefined> {
    const [found, variables, versions, keys] = await session.run([
      { sql: findSql, values: [id] },
      { sql: variablesSql, values: [id] },
      {
        sql: 'select count(*) as total from versions v join functions f on f.seq = v.function where f.id = $1',
        values: [id]
      },
      {
        sql: `select k.id, k.name from access_keys k join functions f on f.seq = k.function
          where f.id = $1 order by k.id`,
        values: [id]
      }
    ])
    const row = found?.rows[0] as unknown as ActiveRow | undefined
    if (row === undefined) return undefined
    const { fn, active } = toFunctionWithVersion(row)
    return {
      name: fn.name,
      variables: this.openAll(id, (variables?.rows ?? []) as unknown as VariableRow[]),
      fields: {
        ...toFunctionSettings(fn),
        active_version: active?.version,
        versions: Number(versions?.rows[0]?.['total'] ?? 0),
        keys: keys?.rows ?? []
      }
    }
  }

  /** Values that cannot be opened with this key are as good as none. */
  private openAll(id: string, rows: readonly VariableRow[]): VariableState {
    try {
      return new Map(
        rows.map(({ name, value }) => [name, this.parts.secrets.open(value, id, name)])
      )
    } catch (error) {
      if (!(error instanceof MoonletError)) throw error
      return new Map(rows.map(({ name }) => [name, '']))
    }
  }

  private toInsert(note: AuditNote, entry: AuditEntry) {
    const row = toRow(Math.floor(this.parts.nowMs() / 1000), note, entry)
    return {
      sql: `insert into audit (at, actor_kind, actor_id, actor_name, via, ip, action, target_kind, target_id,
          target_name, function_id, before, after)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      values: [
        row.at,
        row.actorKind,
        row.actorId,
        row.actorName,
        row.via,
        row.ip,
        row.action,
        row.targetKind,
        row.targetId,
        row.targetName,
        row.functionId,
        row.before,
        row.after
      ]
    }
  }
}

async function readModuleState(session: Session, id: string): Promise<AuditState | undefined> {
  const row = await session.get<{
    name: string
    description: string | null
    active: number
    n: number
  }>(
    `select name, description, active_version as active,
       (select count(*) from module_versions v where v.module = m.seq) as n
     from modules m where id = $1`,
    id
  )
  if (row === undefined) return undefined
  const { name, description, active, n } = row
  return { name, description: description ?? undefined, active_version: active, versions: n }
}
