/**
 * What the variables of functions were before each change. The whole set is one sealed text, so that a state comes
 * back whole. Changes by the function itself that follow each other closely are one entry, and have room of their
 * own: however often a function writes, it does not push out what people had set.
 */
import type { Database } from 'better-sqlite3'
import type { VariablesEntry } from '../../../core/contracts/env.js'
import type { Page, Paged } from '../../../core/contracts/page.js'
import type { SecretBox } from '../secrets/secret-box.js'

type Author = VariablesEntry['replacedBy']
interface Row {
  readonly seq: number
  readonly replacedAt: number
  readonly replacedBy: Author
  readonly sealed: Buffer
}

const MOST: Readonly<Record<Author, number>> = { user: 50, function: 10 }
export const VARIABLES_KEPT_DAYS = 90
const KEPT_SECONDS = VARIABLES_KEPT_DAYS * 86_400
/** Changes by the function within this time after the last one belong to it. */
const TOGETHER_SECONDS = 3600

export interface EnvHistory {
  /** Within a batch, before the change. */
  keep(
    functionRowId: number,
    functionId: string,
    variables: Readonly<Record<string, string>>,
    by: Author
  ): void
  /** False: a change by the function itself now belongs to an entry that is there. */
  isDue(functionRowId: number): boolean
  list(
    functionRowId: number,
    functionId: string,
    page: Page,
    current: Readonly<Record<string, string>>
  ): Paged<VariablesEntry>
  find(
    functionRowId: number,
    functionId: string,
    id: number
  ): Readonly<Record<string, string>> | undefined
  clear(functionRowId: number): number
  expire(now: number, batch: number): number
}

export function createEnvHistory(
  db: Database,
  secrets: SecretBox,
  nowMs: () => number
): EnvHistory {
  const insert = db.prepare<[number, number, Author, Uint8Array]>(
    'insert into env_history (function, replaced_at, replaced_by, sealed) values (?, ?, ?, ?)'
  )
  const prune = db.prepare<[number, Author, number, Author, number]>(`
    delete from env_history where function = ? and replaced_by = ? and seq not in
      (select seq from env_history where function = ? and replaced_by = ? order by seq desc limit ?)`)
  const newest = db.prepare<[number], Pick<Row, 'replacedAt' | 'replacedBy'>>(`
    select replaced_at as replacedAt, replaced_by as replacedBy from env_history where function = ? order by seq desc limit 1`)
  const columns = 'seq, replaced_at as replacedAt, replaced_by as replacedBy, sealed'
  const list = db.prepare<[number, number, number, number], Row>(`
    select ${columns} from env_history where function = ? and replaced_at > ? order by seq desc limit ? offset ?`)
  const count = db
    .prepare<[number, number], number>(
      'select count(*) from env_history where function = ? and replaced_at > ?'
    )
    .pluck()
  const find = db.prepare<[number, number, number], Row>(
    `select ${columns} from env_history where function = ? and replaced_at > ? and seq = ?`
  )
  const clear = db.prepare<[number]>('delete from env_history where function = ?')
  const expire = db.prepare<[number, number]>(
    'delete from env_history where seq in (select seq from env_history where replaced_at <= ? limit ?)'
  )

  const now = (): number => Math.floor(nowMs() / 1000)
  const oldest = (): number => now() - KEPT_SECONDS
  const open = ({ sealed }: Row, functionId: string) =>
    JSON.parse(secrets.open(sealed, functionId, HISTORY_NAME)) as Record<string, string>

  return {
    keep(functionRowId, functionId, variables, by) {
      insert.run(
        functionRowId,
        now(),
        by,
        secrets.seal(JSON.stringify(variables), functionId, HISTORY_NAME)
      )
      prune.run(functionRowId, by, functionRowId, by, MOST[by])
    },
    isDue(functionRowId) {
      const last = newest.get(functionRowId)
      return (
        last === undefined ||
        last.replacedBy !== 'function' ||
        last.replacedAt <= now() - TOGETHER_SECONDS
      )
    },
    list(functionRowId, functionId, { limit, offset }, current) {
      // One more than asked for: an entry is shown with what came after it.
      const rows = list.all(
        functionRowId,
        oldest(),
        offset === 0 ? limit : limit + 1,
        Math.max(0, offset - 1)
      )
      const states = [...(offset === 0 ? [current] : []), ...rows.map(row => open(row, functionId))]
      const shown = offset === 0 ? rows : rows.slice(1)
      return {
        total: count.get(functionRowId, oldest()) ?? 0,
        rows: shown.map(({ seq, replacedAt, replacedBy }, i) => ({
          id: seq,
          replacedAt,
          replacedBy,
          variables: states[i + 1] ?? {},
          replacement: states[i] ?? {}
        }))
      }
    },
    find(functionRowId, functionId, id) {
      const row = find.get(functionRowId, oldest(), id)
      return row === undefined ? undefined : open(row, functionId)
    },
    clear: functionRowId => clear.run(functionRowId).changes,
    expire: (at, limit) => expire.run(at - KEPT_SECONDS, limit).changes
  }
}

/** No name of a variable begins like this: what is sealed with it fits no variable, and the other way round. */
export const HISTORY_NAME = '\0history'
