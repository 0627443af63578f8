/** EnvStore on PostgreSQL; values are sealed on the way in and opened on the way out. */
import { MoonletError } from '../../../../core/base/errors.js'
import type { EnvStore, SharedEnvStore, VariablesEntry } from '../../../../core/contracts/env.js'
import type { MayChange } from '../../../../core/contracts/functions.js'
import type { Page, Paged } from '../../../../core/contracts/page.js'
import { isSameVariables, KEPT_SECONDS } from '../../functions/env-entries.js'
import type { SecretBox } from '../../secrets/secret-box.js'
import type { Database } from '../db/database.js'
import type { Session } from '../db/transaction.js'
import { tellAfter, variablesOf, type ChangeFeed } from './change-feed.js'
import { SHARED_ENV, type EnvHistory, type EnvOwner } from './env-history.js'
import { readVariables } from './function-reads.js'
import { findOwner, requireOwner } from './owners.js'
import { checkRevision, revisionOf } from './revisions.js'

type Variables = Readonly<Record<string, string>>

interface Parts {
  readonly db: Database
  readonly secrets: SecretBox
  readonly changes: ChangeFeed
  readonly history: EnvHistory
  /** The writes of executions that have announced one: they answer for it. */
  readonly executions: { followLinked<T>(written: Promise<T>): Promise<T> }
}
/** What one variable becomes; without a value it is removed. */
interface VariableChange {
  readonly name: string
  readonly value: string | undefined
}

const TAGS = ['functions']

export class PostgresEnvStore implements EnvStore {
  readonly shared: SharedEnvStore

  constructor(private readonly parts: Parts) {
    this.shared = this.createShared()
  }

  /** The function's own stands before the shared one. */
  async get(functionId: string, name: string): Promise<string | undefined> {
    const row = await this.parts.db.get<{ owner: number; value: Uint8Array }>(
      TAGS,
      `select e.function as owner, e.value from functions f join env e on e.function in (f.seq, 0)
       where f.id = $1 and e.name = $2 order by e.function desc limit 1`,
      functionId,
      name
    )
    if (row === undefined) return undefined
    const ownerId = row.owner === SHARED_ENV.seq ? SHARED_ENV.functionId : functionId
    return this.parts.secrets.open(row.value, ownerId, name)
  }

  async all(functionId: string): Promise<Record<string, string>> {
    const { db, secrets } = this.parts
    return { ...(await db.read(TAGS, session => readVariables(session, secrets, functionId))) }
  }

  set(functionId: string, name: string, value: string, most = Infinity): Promise<boolean> {
    return this.changeOne(functionId, { name, value }, most)
  }

  async delete(functionId: string, name: string): Promise<void> {
    await this.changeOne(functionId, { name, value: undefined }, Infinity)
  }

  replace(functionId: string, wanted: Variables, mayChange?: MayChange): Promise<string> {
    const { db, changes } = this.parts
    const replaced = db.transaction(TAGS, async session => {
      const owner = { seq: await requireOwner(session, functionId), functionId }
      return this.replaceAll(session, owner, wanted, mayChange)
    })
    return tellAfter(changes, [variablesOf(functionId)], replaced)
  }

  history(functionId: string, page: Page): Promise<Paged<VariablesEntry>> {
    return this.parts.db.read(TAGS, async session => {
      const seq = await findOwner(session, functionId)
      return seq === undefined
        ? { rows: [], total: 0 }
        : this.listHistory(session, { seq, functionId }, page)
    })
  }

  former(functionId: string, entryId: number): Promise<Variables | undefined> {
    return this.parts.db.read(TAGS, async session => {
      const seq = await findOwner(session, functionId)
      return seq === undefined
        ? undefined
        : this.parts.history.find(session, { seq, functionId }, entryId)
    })
  }

  forgetHistory(functionId: string): Promise<number> {
    return this.parts.db.transaction(TAGS, async session =>
      session.change(
        'delete from env_history where function = $1',
        await requireOwner(session, functionId)
      )
    )
  }

  expireHistory(now: number, limit: number): Promise<number> {
    return this.parts.db.change(
      TAGS,
      `delete from env_history where seq in (select seq from env_history where replaced_at <= $1 limit $2)`,
      now - KEPT_SECONDS,
      limit
    )
  }

  private createShared(): SharedEnvStore {
    const { db, secrets, history, changes } = this.parts
    return {
      names: async () => {
        const sql = 'select name from env where function = 0 order by name'
        return (await db.all<{ name: string }>(TAGS, sql)).map(({ name }) => name)
      },
      snapshot: () =>
        db.read(TAGS, async session => ({
          variables: await readVariables(session, secrets, SHARED_ENV.functionId),
          revision: await revisionOf(session, SHARED_ENV.seq)
        })),
      replace: (wanted, mayChange) => {
        const replaced = db.transaction(TAGS, async session => {
          // One at a time.
          await session.run([
            { sql: 'select changes from shared_env_changes for update', values: [] }
          ])
          return this.replaceAll(session, SHARED_ENV, wanted, mayChange)
        })
        return tellAfter(changes, [variablesOf(SHARED_ENV.functionId)], replaced)
      },
      history: page => db.read(TAGS, session => this.listHistory(session, SHARED_ENV, page)),
      former: entryId => db.read(TAGS, session => history.find(session, SHARED_ENV, entryId)),
      forgetHistory: () =>
        db.change(TAGS, 'delete from env_history where function = $1', SHARED_ENV.seq)
    }
  }

  private async listHistory(
    session: Session,
    owner: EnvOwner,
    page: Page
  ): Promise<Paged<VariablesEntry>> {
    const { secrets, history } = this.parts
    const current = await readVariables(session, secrets, owner.functionId)
    return history.list(session, owner, page, current)
  }

  private async replaceAll(
    session: Session,
    owner: EnvOwner,
    wanted: Variables,
    mayChange: MayChange | undefined
  ): Promise<string> {
    await checkRevision(session, owner.seq, mayChange)
    const before = await this.readBefore(session, owner)
    if (before !== undefined && !isSameVariables(before, wanted)) {
      await this.parts.history.add(session, owner, before, 'user')
    }
    await session.run([
      { sql: 'delete from env where function = $1', values: [owner.seq] },
      ...Object.entries(wanted).map(([name, value]) => this.toPut(owner, name, value))
    ])
    await this.noteChange(session, owner)
    return revisionOf(session, owner.seq)
  }

  /** A change of one variable, as functions make them. */
  private changeOne(functionId: string, change: VariableChange, most: number): Promise<boolean> {
    const { db, changes, executions } = this.parts
    const changed = db.transaction(TAGS, async session => {
      const owner = { seq: await requireOwner(session, functionId), functionId }
      if (await isTooMany(session, owner, change, most)) return false
      await this.keepBefore(session, owner, change)
      const { name, value } = change
      await session.run([
        value === undefined
          ? { sql: 'delete from env where function = $1 and name = $2', values: [owner.seq, name] }
          : this.toPut(owner, name, value)
      ])
      await this.noteChange(session, owner)
      return true
    })
    return tellAfter(changes, [variablesOf(functionId)], executions.followLinked(changed))
  }

  private async keepBefore(
    session: Session,
    owner: EnvOwner,
    { name, value }: VariableChange
  ): Promise<void> {
    const { history } = this.parts
    if (!(await history.needsEntry(session, owner.seq))) return
    const before = await this.readBefore(session, owner)
    if (before === undefined) return
    const valueBefore = Object.hasOwn(before, name) ? before[name] : undefined
    if (valueBefore !== value) await history.add(session, owner, before, 'function')
  }

  /** Undefined: the values cannot be opened with this key. Writing others is the way out, and must stay possible. */
  private async readBefore(session: Session, owner: EnvOwner): Promise<Variables | undefined> {
    try {
      return await readVariables(session, this.parts.secrets, owner.functionId)
    } catch (error) {
      if (error instanceof MoonletError) return undefined
      throw error
    }
  }

  private toPut({ seq, functionId }: EnvOwner, name: string, value: string) {
    return {
      sql: `insert into env (function, name, value) values ($1, $2, $3)
        on conflict (function, name) do update set value = excluded.value`,
      values: [seq, name, this.parts.secrets.seal(value, functionId, name)]
    }
  }

  private async noteChange(session: Session, { seq, functionId }: EnvOwner): Promise<void> {
    if (seq === SHARED_ENV.seq) {
      await session.change('update shared_env_changes set changes = changes + 1')
    } else {
      await session.change('update functions set changes = changes + 1 where seq = $1', seq)
    }
    await this.parts.changes.note(session, [variablesOf(functionId)])
  }
}

async function isTooMany(
  session: Session,
  { seq }: EnvOwner,
  { name, value }: VariableChange,
  most: number
): Promise<boolean> {
  if (value === undefined || most === Infinity) return false
  const row = await session.get<{ others: number; known: number }>(
    `select count(*) as others, count(*) filter (where name = $2) as known from env where function = $1`,
    seq,
    name
  )
  return row !== undefined && row.known === 0 && row.others >= most
}
