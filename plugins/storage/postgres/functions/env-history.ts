/** What the variables of functions were before each change: plugins/storage/functions/env-history.ts says how. */
import type { VariablesEntry } from '../../../../core/contracts/env.js'
import type { Page, Paged } from '../../../../core/contracts/page.js'
import {
  EnvEntries,
  MAX_ENTRIES,
  toReadPage,
  type Author,
  type EnvEntryRow,
  type Variables
} from '../../functions/env-entries.js'
import type { SecretBox } from '../../secrets/secret-box.js'
import type { Session } from '../db/transaction.js'

export interface EnvOwner {
  readonly seq: number
  readonly functionId: string
}
/** Stands for all functions; no function has this id. */
export const SHARED_ENV: EnvOwner = { seq: 0, functionId: '' }
const columns = 'seq, replaced_at as "replacedAt", replaced_by as "replacedBy", sealed'

export class EnvHistory {
  private readonly entries: EnvEntries

  constructor(secrets: SecretBox, nowMs: () => number) {
    this.entries = new EnvEntries(secrets, nowMs)
  }

  /** Keeps the state before a change. */
  async add(session: Session, owner: EnvOwner, variables: Variables, by: Author): Promise<void> {
    const { seq, functionId } = owner
    await session.run([
      {
        sql: 'insert into env_history (function, replaced_at, replaced_by, sealed) values ($1, $2, $3, $4)',
        values: [seq, this.entries.now(), by, this.entries.seal(functionId, variables)]
      },
      {
        sql: `delete from env_history where function = $1 and replaced_by = $2 and seq not in
          (select seq from env_history where function = $1 and replaced_by = $2 order by seq desc limit $3)`,
        values: [seq, by, MAX_ENTRIES[by]]
      }
    ])
  }

  /** False: a change by the function itself belongs to the newest entry. */
  async needsEntry(session: Session, seq: number): Promise<boolean> {
    const newest = await session.get<EnvEntryRow>(
      `select ${columns} from env_history where function = $1 order by seq desc limit 1`,
      seq
    )
    return this.entries.isNeeded(newest)
  }

  /** Each entry is shown with the state that followed it; that of the newest one is `current`. */
  async list(
    session: Session,
    { seq, functionId }: EnvOwner,
    page: Page,
    current: Variables
  ): Promise<Paged<VariablesEntry>> {
    const { limit, offset } = toReadPage(page)
    const source = 'from env_history where function = $1 and replaced_at > $2'
    const values = [seq, this.entries.oldest()]
    const { rows, total } = await session.page(
      {
        sql: `select ${columns} ${source} order by seq desc limit $3 offset $4`,
        values: [...values, limit, offset]
      },
      { sql: `select count(*) as total ${source}`, values },
      (row: EnvEntryRow) => row
    )
    return { rows: this.entries.toEntries(functionId, rows, page, current), total }
  }

  async find(
    session: Session,
    { seq, functionId }: EnvOwner,
    id: number
  ): Promise<Variables | undefined> {
    if (!Number.isSafeInteger(id)) return undefined
    const row = await session.get<EnvEntryRow>(
      `select ${columns} from env_history where function = $1 and replaced_at > $2 and seq = $3`,
      seq,
      this.entries.oldest(),
      id
    )
    return row && this.entries.open(functionId, row)
  }
}
