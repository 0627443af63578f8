/** FunctionStore on PostgreSQL. */
import type {
  FunctionChange,
  FunctionOrder,
  FunctionSnapshot,
  FunctionStore,
  FunctionUpsert,
  FunctionWithVersion,
  ListedFunction,
  MayChange,
  NewFunction,
  ScheduledFunction,
  UpsertedFunction
} from '../../../../core/contracts/functions.js'
import type { Page, Paged } from '../../../../core/contracts/page.js'
import type { FunctionRecord, VersionRecord } from '../../../../core/contracts/records.js'
import {
  toFunction,
  toScheduled,
  type ActiveRow,
  type FunctionRow,
  type ScheduledRow
} from '../../functions/function-rows.js'
import { toFirstState, toNewRecord } from '../../functions/new-function.js'
import type { SecretBox } from '../../secrets/secret-box.js'
import type { Database } from '../db/database.js'
import type { Session } from '../db/transaction.js'
import { maskSql, type MaskRow, type SecretMasks } from '../executions/masks.js'
import { tellAfter, type ChangeFeed } from './change-feed.js'
import { listFunctions } from './function-list.js'
import { columns, findSql, present, readSnapshot, toRunnable } from './function-reads.js'
import { changeFunction, insertFunction } from './function-writes.js'
import { findOwner, lockOwner } from './owners.js'
import type { Purges } from './purges.js'
import { checkRevision, revisionOf, revisionsOf } from './revisions.js'

interface Parts {
  readonly db: Database
  readonly secrets: SecretBox
  readonly masks: SecretMasks
  readonly changes: ChangeFeed
  readonly purges: Purges
}

const TAGS = ['functions']

export class PostgresFunctionStore implements FunctionStore {
  constructor(private readonly parts: Parts) {}

  create(asked: NewFunction): Promise<FunctionSnapshot> {
    const { id, code, origin, now } = asked
    const { secrets } = this.parts
    const created = this.parts.db.transaction(TAGS, async session => {
      const version = { version: 1, createdAt: now, code, ...origin }
      await insertFunction(session, toNewRecord(asked), [version], { active: 1, last: 1 })
      await this.parts.changes.note(session, [id])
      const snapshot = await readSnapshot(session, secrets, id)
      if (snapshot === undefined) throw new Error(`the function ${id} cannot be read back`)
      return snapshot
    })
    return this.tell([id], created)
  }

  /** Reads its variables too, whose mask whoever runs it needs next. */
  find(id: string): Promise<FunctionWithVersion | undefined> {
    const { db, masks } = this.parts
    return db.read(TAGS, async session => {
      const { state } = masks
      const [found, variables] = await session.run([
        { sql: findSql, values: [id] },
        { sql: maskSql, values: [id] }
      ])
      const row = found?.rows[0] as unknown as ActiveRow | undefined
      if (row === undefined) return undefined
      masks.keep(id, (variables?.rows ?? []) as unknown as MaskRow[], state)
      return toRunnable(session, row)
    })
  }

  async listAddressed(): Promise<FunctionRecord[]> {
    const rows = await this.parts.db.all<FunctionRow>(
      TAGS,
      `select ${columns} from functions f
       where (f.slug is not null or f.front_door is not null) and ${present} order by f.seq`
    )
    return rows.map(toFunction)
  }

  snapshot(id: string): Promise<FunctionSnapshot | undefined> {
    const { db, secrets } = this.parts
    return db.read(TAGS, session => readSnapshot(session, secrets, id))
  }

  list(
    page: Page,
    text?: string,
    order?: FunctionOrder,
    only?: readonly string[]
  ): Promise<Paged<ListedFunction>> {
    const asked = {
      ...(text === undefined ? {} : { text }),
      ...(order === undefined ? {} : { order }),
      ...(only === undefined ? {} : { only })
    }
    return this.parts.db.read(TAGS, session => listFunctions(session, page, asked))
  }

  update(id: string, change: FunctionChange, mayChange?: MayChange): Promise<string | false> {
    const updated = this.parts.db.transaction(TAGS, async session => {
      const seq = await lockOwner(session, id)
      if (seq === undefined) return false
      await checkRevision(session, seq, mayChange)
      await changeFunction(session, seq, id, change)
      await this.parts.changes.note(session, [id])
      return revisionOf(session, seq)
    })
    return this.tell([id], updated)
  }

  restore(fn: FunctionRecord, versions: readonly VersionRecord[]): Promise<boolean> {
    const restored = this.parts.db.transaction(TAGS, async session => {
      if ((await findOwner(session, fn.id)) !== undefined) return false
      const active = versions.find(({ isActive }) => isActive)?.version ?? null
      const last = versions.reduce((greatest, { version }) => Math.max(greatest, version), 0)
      await insertFunction(session, fn, versions, { active, last })
      await this.parts.changes.note(session, [fn.id])
      return true
    })
    return this.tell([fn.id], restored)
  }

  async remove(id: string, mayChange?: MayChange): Promise<boolean> {
    const { db, purges, changes } = this.parts
    const removed = db.transaction(['functions', 'executions', 'jobs'], async session => {
      const seq = await lockOwner(session, id)
      if (seq === undefined) return false
      await checkRevision(session, seq, mayChange)
      await session.change(
        'update functions set id = $1, slug = null, disabled = 1, removed = true where seq = $2',
        `removed ${seq}`,
        seq
      )
      await purges.add(session, seq, 0)
      await changes.note(session, [id])
      return true
    })
    const wasThere = await this.tell([id], removed)
    if (wasThere) purges.start()
    return wasThere
  }

  async listScheduled(): Promise<ScheduledFunction[]> {
    const rows = await this.parts.db.all<ScheduledRow>(
      ['functions', 'jobs', 'executions'],
      `select ${columns}, f.last_cron_at as "lastCronAt" from functions f
       where f.cron_schedule <> '' and f.cron_status = 'active' and f.disabled = 0 order by f.seq`
    )
    return rows.map(toScheduled)
  }

  onChange(listener: (functionId: string) => void): () => void {
    return this.parts.changes.onChange(listener)
  }

  /** Within a transaction: ids of those that are not in the state that is asked for. */
  async conflictsOf(session: Session, changes: readonly FunctionUpsert[]): Promise<string[]> {
    const found: Array<number | undefined> = []
    for (const { id } of changes) found.push(await lockOwner(session, id))
    const revisions = await revisionsOf(
      session,
      found.filter(seq => seq !== undefined)
    )
    return changes
      .filter(({ mayChange }, index) => {
        const seq = found[index]
        return mayChange?.(seq === undefined ? undefined : revisions.get(seq)) === false
      })
      .map(({ id }) => id)
  }

  /** Within a transaction. */
  async upsertNow(
    session: Session,
    changes: readonly FunctionUpsert[]
  ): Promise<UpsertedFunction[]> {
    const done: Array<Omit<UpsertedFunction, 'revision'> & { readonly seq: number }> = []
    for (const { id, change } of changes) {
      const seq = await lockOwner(session, id)
      done.push(
        seq === undefined
          ? { id, isNew: true, ...(await this.createFrom(session, id, change)) }
          : { id, isNew: false, seq, version: await changeFunction(session, seq, id, change) }
      )
    }
    await this.parts.changes.note(
      session,
      changes.map(({ id }) => id)
    )
    const after = await revisionsOf(
      session,
      done.map(({ seq }) => seq)
    )
    return done.map(({ seq, ...one }) => ({ ...one, revision: after.get(seq) ?? '' }))
  }

  private async createFrom(session: Session, id: string, change: FunctionChange) {
    const { fn, code } = toFirstState(id, change)
    const version = { version: 1, createdAt: change.now, code, ...change.origin }
    return { seq: await insertFunction(session, fn, [version], { active: 1, last: 1 }), version: 1 }
  }

  private tell<T>(ids: readonly string[], done: Promise<T>): Promise<T> {
    return tellAfter(this.parts.changes, ids, done)
  }
}
