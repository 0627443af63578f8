/** ModuleStore on PostgreSQL. */
import type { MayChange } from '../../../../core/contracts/functions.js'
import type { ModuleSet } from '../../../../core/contracts/module-set.js'
import type {
  ModuleChange,
  ModuleOrder,
  ModuleSnapshot,
  ModuleStore,
  ModuleUpsert,
  ModuleVersionRecord,
  NewModule,
  UpsertedModule
} from '../../../../core/contracts/modules.js'
import type { Page, Paged } from '../../../../core/contracts/page.js'
import { findRequires } from '../../../../core/lua-source/requires.js'
import { originColumns } from '../../functions/function-rows.js'
import { changedMeanwhile } from '../../functions/refusals.js'
import { dependentFunctions } from '../../modules/dependents.js'
import {
  toModuleVersion,
  type ActiveModuleRow,
  type ModuleVersionRow
} from '../../modules/module-rows.js'
import { toNewModule } from '../../modules/new-module.js'
import type { Database } from '../db/database.js'
import { quoteNames } from '../db/sql-text.js'
import type { Session } from '../db/transaction.js'
import type { ChangeFeed } from '../functions/change-feed.js'
import { resolveModules } from './module-graph.js'
import { listModules } from './module-list.js'
import { activeColumns, moduleRevision, readRequiring, source, toSnapshot } from './module-reads.js'
import {
  changeModule,
  findModule,
  insertModule,
  lockModules,
  nameOf,
  refuseMissing,
  setAside
} from './module-writes.js'

interface Parts {
  readonly db: Database
  /** Of functions. */
  readonly changes: ChangeFeed
}
interface Options {
  readonly force?: boolean
  readonly mayChange?: MayChange | undefined
}
/** What a change gives, and the functions whose reads it changes. */
interface Outcome<T> {
  readonly result: T
  readonly concerned: readonly string[]
}

const TAGS = ['functions']
const MAX_VERSION = 2 ** 31 - 1
const selectVersion = quoteNames(`
  select v.version, v.code, v.created_at as createdAt, v.requires, v.exports, ${originColumns},
    (v.version = m.active_version)::int as isActive
  from module_versions v join modules m on m.seq = v.module where m.id = $1`)

export class PostgresModuleStore implements ModuleStore {
  constructor(private readonly parts: Parts) {}

  create(asked: NewModule): Promise<ModuleSnapshot> {
    return this.change(async session => {
      await insertModule(session, asked)
      const concerned = await this.note(session, [asked.name])
      const row = await readModule(session, asked.id)
      if (row === undefined) throw new Error(`the module ${asked.id} cannot be read back`)
      return { result: await toSnapshot(session, row), concerned }
    })
  }

  snapshot(id: string): Promise<ModuleSnapshot | undefined> {
    return this.parts.db.read(TAGS, async session => {
      const row = await readModule(session, id)
      return row && toSnapshot(session, row)
    })
  }

  list(page: Page, search?: string, order?: ModuleOrder): Promise<Paged<ModuleSnapshot>> {
    return this.parts.db.read(TAGS, session => listModules(session, page, search, order))
  }

  update(
    id: string,
    change: ModuleChange,
    { force = false, mayChange }: Options = {}
  ): Promise<string | false> {
    return this.change<string | false>(async session => {
      const seq = await findModule(session, id)
      if (seq === undefined) return { result: false, concerned: [] }
      await check(session, seq, mayChange)
      const { names } = await changeModule(session, seq, change)
      if (!force) await refuseMissing(session, names)
      const concerned = await this.note(session, names)
      return { result: await moduleRevision(session, seq), concerned }
    })
  }

  remove(id: string, { force = false, mayChange }: Options = {}): Promise<boolean> {
    return this.change(async session => {
      const seq = await findModule(session, id)
      if (seq === undefined) return { result: false, concerned: [] }
      await check(session, seq, mayChange)
      const name = await nameOf(session, seq)
      await session.change('delete from modules where seq = $1', seq)
      if (!force) await refuseMissing(session, [name])
      return { result: true, concerned: await this.note(session, [name]) }
    })
  }

  listVersions(id: string, { limit, offset }: Page): Promise<Paged<ModuleVersionRecord>> {
    return this.parts.db.read(TAGS, session =>
      session.page(
        {
          sql: `${selectVersion} order by v.version desc limit $2 offset $3`,
          values: [id, limit, offset]
        },
        {
          sql: 'select count(*) as total from module_versions v join modules m on m.seq = v.module where m.id = $1',
          values: [id]
        },
        (row: ModuleVersionRow) => toModuleVersion(id, row)
      )
    )
  }

  async findVersion(id: string, version: number): Promise<ModuleVersionRecord | undefined> {
    const row = await this.parts.db.read(TAGS, session => readVersion(session, id, version))
    return row && toModuleVersion(id, row)
  }

  activate(id: string, version: number, mayChange?: MayChange): Promise<string | false> {
    return this.change<string | false>(async session => {
      const seq = await findModule(session, id)
      if (seq === undefined || (await readVersion(session, id, version)) === undefined) {
        return { result: false, concerned: [] }
      }
      await check(session, seq, mayChange)
      await session.change(
        'update modules set active_version = $1, changes = changes + 1 where seq = $2',
        version,
        seq
      )
      const concerned = await this.note(session, [await nameOf(session, seq)])
      return { result: await moduleRevision(session, seq), concerned }
    })
  }

  removeVersion(
    id: string,
    version: number,
    mayChange?: MayChange
  ): Promise<'removed' | 'missing' | 'active'> {
    return this.change<'removed' | 'missing' | 'active'>(async session => {
      const seq = await findModule(session, id)
      const row = await readVersion(session, id, version)
      if (seq === undefined || row === undefined) return { result: 'missing', concerned: [] }
      if (row.isActive === 1) return { result: 'active', concerned: [] }
      await check(session, seq, mayChange)
      await session.run([
        {
          sql: 'delete from module_versions where module = $1 and version = $2',
          values: [seq, version]
        },
        { sql: 'update modules set changes = changes + 1 where seq = $1', values: [seq] }
      ])
      return { result: 'removed', concerned: [] }
    })
  }

  resolve(code: string, drafts?: ReadonlyMap<string, string>): Promise<ModuleSet | undefined> {
    return this.parts.db.read(TAGS, session => resolveModules(session, findRequires(code), drafts))
  }

  /** Within a transaction: ids of those that are not in the state that is asked for. */
  async conflictsOf(session: Session, changes: readonly ModuleUpsert[]): Promise<string[]> {
    const conflicts: string[] = []
    for (const { id, mayChange } of changes) {
      const seq = await findModule(session, id)
      const revision = seq === undefined ? undefined : await moduleRevision(session, seq)
      if (mayChange?.(revision) === false) conflicts.push(id)
    }
    return conflicts
  }

  /** Within a transaction. A module that is not there is created; names may change places. */
  async upsertNow(
    session: Session,
    changes: readonly ModuleUpsert[]
  ): Promise<{ readonly done: UpsertedModule[]; readonly concerned: readonly string[] }> {
    const found: Array<number | undefined> = []
    const before: Array<string | undefined> = []
    for (const { id, change } of changes) {
      const seq = await findModule(session, id)
      found.push(seq)
      before.push(
        seq === undefined
          ? undefined
          : await (change.patch.name === undefined ? nameOf(session, seq) : setAside(session, seq))
      )
    }
    const names = new Set<string>()
    const made: Array<{ seq: number; version: number | undefined }> = []
    for (const [index, { id, change }] of changes.entries()) {
      const seq = found[index]
      const one =
        seq === undefined
          ? await createFrom(session, id, change)
          : { seq, ...(await changeModule(session, seq, change, before[index])) }
      for (const name of one.names) names.add(name)
      made.push(one)
    }
    await refuseMissing(session, [...names])
    const done: UpsertedModule[] = []
    for (const [index, { seq, version }] of made.entries()) {
      done.push({
        id: changes[index]?.id ?? '',
        isNew: found[index] === undefined,
        revision: await moduleRevision(session, seq),
        version
      })
    }
    return { done, concerned: names.size === 0 ? [] : await this.note(session, [...names]) }
  }

  private async change<T>(work: (session: Session) => Promise<Outcome<T>>): Promise<T> {
    const { db, changes } = this.parts
    let concerned: readonly string[] = []
    const result = await db.transaction(TAGS, async session => {
      await lockModules(session)
      const outcome = await work(session)
      concerned = outcome.concerned
      return outcome.result
    })
    changes.tell(concerned)
    return result
  }

  /** Notes the functions that run with one of these modules; returns them. */
  private async note(session: Session, names: readonly string[]): Promise<readonly string[]> {
    const concerned = dependentFunctions(await readRequiring(session), names)
    if (concerned.length > 0) await this.parts.changes.note(session, concerned)
    return concerned
  }
}

const readModule = (session: Session, id: string): Promise<ActiveModuleRow | undefined> =>
  session.get<ActiveModuleRow>(`select ${activeColumns} ${source} where m.id = $1`, id)

const readVersion = async (
  session: Session,
  id: string,
  version: number
): Promise<ModuleVersionRow | undefined> =>
  Number.isInteger(version) && Math.abs(version) <= MAX_VERSION
    ? session.get<ModuleVersionRow>(`${selectVersion} and v.version = $2`, id, version)
    : undefined

async function check(
  session: Session,
  seq: number,
  mayChange: MayChange | undefined
): Promise<void> {
  if (mayChange !== undefined && !mayChange(await moduleRevision(session, seq))) {
    throw changedMeanwhile()
  }
}

async function createFrom(session: Session, id: string, change: ModuleChange) {
  const module = toNewModule(id, change)
  const seq = await insertModule(session, module)
  return { seq, names: [module.name], version: 1 }
}
