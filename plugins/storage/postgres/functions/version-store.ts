/** VersionStore on PostgreSQL. */
import type { MayChange, VersionStore } from '../../../../core/contracts/functions.js'
import type { RunnableVersion } from '../../../../core/contracts/module-set.js'
import type { Page, Paged } from '../../../../core/contracts/page.js'
import type { VersionRecord } from '../../../../core/contracts/records.js'
import { findVersionNumber } from '../../executions/rows.js'
import { originColumns, toVersion, type VersionRow } from '../../functions/function-rows.js'
import type { Database } from '../db/database.js'
import { quoteNames } from '../db/sql-text.js'
import type { Session } from '../db/transaction.js'
import { parseNames } from '../../modules/module-rows.js'
import { resolveModules } from '../modules/module-graph.js'
import { tellAfter, type ChangeFeed } from './change-feed.js'
import { lockOwner } from './owners.js'
import type { Purges } from './purges.js'
import { checkRevision, revisionOf } from './revisions.js'

interface Parts {
  readonly db: Database
  readonly changes: ChangeFeed
  readonly purges: Purges
}
interface FoundVersion {
  readonly seq: number
  readonly version: number
  readonly isActive: boolean
}

const TAGS = ['functions']
const select = quoteNames(`
  select v.version, v.code, v.created_at as createdAt, v.requires, ${originColumns},
    (v.version is not distinct from f.active_version)::int as isActive
  from versions v join functions f on f.seq = v.function where f.id = $1`)

export class PostgresVersionStore implements VersionStore {
  constructor(private readonly parts: Parts) {}

  list(functionId: string, { limit, offset }: Page): Promise<Paged<VersionRecord>> {
    return this.parts.db.read(TAGS, session =>
      session.page(
        {
          sql: `${select} order by v.version desc limit $2 offset $3`,
          values: [functionId, limit, offset]
        },
        {
          sql: `select count(*) as total from versions v join functions f on f.seq = v.function where f.id = $1`,
          values: [functionId]
        },
        (row: VersionRow) => toVersion(functionId, row)
      )
    )
  }

  find(functionId: string, version: number): Promise<RunnableVersion | undefined> {
    const { db } = this.parts
    return db.read(TAGS, async session => {
      const row = await findVersion(session, functionId, version)
      if (row === undefined) return undefined
      const modules = await resolveModules(session, parseNames(row.requires))
      return { ...toVersion(functionId, row), ...(modules === undefined ? {} : { modules }) }
    })
  }

  activate(functionId: string, versionId: string, mayChange?: MayChange): Promise<string | false> {
    const { db, changes } = this.parts
    const activated = db.transaction(TAGS, async session => {
      const found = await this.findById(session, functionId, versionId)
      if (found === undefined) return false
      await checkRevision(session, found.seq, mayChange)
      await session.change(
        'update functions set active_version = $1, changes = changes + 1 where seq = $2',
        found.version,
        found.seq
      )
      await changes.note(session, [functionId])
      return revisionOf(session, found.seq)
    })
    return tellAfter(changes, [functionId], activated)
  }

  async remove(
    functionId: string,
    versionId: string,
    mayChange?: MayChange
  ): Promise<'removed' | 'missing' | 'active'> {
    const { db, purges } = this.parts
    const result = await db.transaction(['functions', 'executions'], async session => {
      const found = await this.findById(session, functionId, versionId)
      if (found === undefined) return 'missing'
      if (found.isActive) return 'active'
      const { seq, version } = found
      await checkRevision(session, seq, mayChange)
      await session.run([
        {
          sql: 'delete from versions where function = $1 and version = $2',
          values: [seq, version]
        },
        { sql: 'update functions set changes = changes + 1 where seq = $1', values: [seq] }
      ])
      await purges.add(session, seq, version)
      return 'removed'
    })
    if (result === 'removed') purges.start()
    return result
  }

  private async findById(
    session: Session,
    functionId: string,
    versionId: string
  ): Promise<FoundVersion | undefined> {
    const version = findVersionNumber(functionId, versionId)
    const seq = await lockOwner(session, functionId)
    if (seq === undefined || version === undefined) return undefined
    const row = await findVersion(session, functionId, version)
    return row && { seq, version: row.version, isActive: row.isActive === 1 }
  }
}

/** Greater than every number of a version. */
const MAX_VERSION = 2 ** 31 - 1

const findVersion = async (
  session: Session,
  functionId: string,
  version: number
): Promise<(VersionRow & { readonly requires: string }) | undefined> =>
  Number.isInteger(version) && Math.abs(version) <= MAX_VERSION
    ? session.get<VersionRow & { readonly requires: string }>(
        `${select} and v.version = $2`,
        functionId,
        version
      )
    : undefined
