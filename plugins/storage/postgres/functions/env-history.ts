/** What the variables of functions were before each change: plugins/storage/functions/env-history.ts says how. */
import type { VariablesEntry } from '../../../../core/contracts/env.js'
import type { Page, Paged } from '../../../../core/contracts/page.js'
import {
  HISTORY_NAME,
  KEPT_SECONDS,
  MAX_ENTRIES,
  TOGETHER_SECONDS
} from '../../functions/env-history.js'
import type { SecretBox } from '../../secrets/secret-box.js'
import type { Session } from '../db/transaction.js'

type Author = VariablesEntry['replacedBy']
type Variables = Readonly<Record<string, string>>
export interface EnvOwner {
  readonly seq: number
  readonly functionId: string
}
/** Stands for all functions; no function has this id. */
export const SHARED_ENV: EnvOwner = { seq: 0, functionId: '' }
interface Row {
  readonly seq: number
  readonly replacedAt: number
  readonly replacedBy: Author
  readonly sealed: Uint8Array
}

const columns = 'seq, replaced_at as "replacedAt", replaced_by as "replacedBy", sealed'

export class EnvHistory {
  constructor(
    private readonly secrets: SecretBox,
    private readonly nowMs: () => number
  ) {}

  /** Keeps the state before a change. */
  async add(session: Session, owner: EnvOwner, variables: Variables, by: Author): Promise<void> {
    const { seq, functionId } = owner
    const sealed = this.secrets.seal(JSON.stringify(variables), functionId, HISTORY_NAME)
    await session.run([
      {
        sql: 'insert into env_history (function, replaced_at, replaced_by, sealed) values ($1, $2, $3, $4)',
        values: [seq, this.now(), by, sealed]
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
    const newest = await session.get<Row>(
      `select ${columns} from env_history where function = $1 order by seq desc limit 1`,
      seq
    )
    return (
      newest === undefined ||
      newest.replacedBy !== 'function' ||
      newest.replacedAt <= this.now() - TOGETHER_SECONDS
    )
  }

  /** Each entry is shown with the state that followed it; that of the newest one is `current`. */
  async list(
    session: Session,
    owner: EnvOwner,
    { limit, offset }: Page,
    current: Variables
  ): Promise<Paged<VariablesEntry>> {
    const isFirstPage = offset === 0
    // Beyond the first page, the entry before it is read too: it is the state that followed the page's first.
    const rows = await session.all<Row>(
      `select ${columns} from env_history where function = $1 and replaced_at > $2
       order by seq desc limit $3 offset $4`,
      owner.seq,
      this.oldest(),
      isFirstPage ? limit : limit + 1,
      isFirstPage ? 0 : offset - 1
    )
    const total = await session.get<{ total: number }>(
      'select count(*) as total from env_history where function = $1 and replaced_at > $2',
      owner.seq,
      this.oldest()
    )
    const states = rows.map(row => this.open(row, owner))
    if (isFirstPage) states.unshift(current)
    const entries = isFirstPage ? rows : rows.slice(1)
    return {
      total: total?.total ?? 0,
      rows: entries.map(({ seq, replacedAt, replacedBy }, i) => ({
        id: seq,
        replacedAt,
        replacedBy,
        variables: states[i + 1] ?? {},
        replacement: states[i] ?? {}
      }))
    }
  }

  async find(session: Session, owner: EnvOwner, id: number): Promise<Variables | undefined> {
    if (!Number.isSafeInteger(id)) return undefined
    const row = await session.get<Row>(
      `select ${columns} from env_history where function = $1 and replaced_at > $2 and seq = $3`,
      owner.seq,
      this.oldest(),
      id
    )
    return row && this.open(row, owner)
  }

  private now(): number {
    return Math.floor(this.nowMs() / 1000)
  }

  private oldest(): number {
    return this.now() - KEPT_SECONDS
  }

  private open({ sealed }: Row, { functionId }: EnvOwner): Variables {
    return JSON.parse(this.secrets.open(sealed, functionId, HISTORY_NAME)) as Variables
  }
}
