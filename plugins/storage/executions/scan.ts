/**
 * A walk over the executions of one function that meet conditions, newest first, in slices of a few milliseconds
 * so that the server goes on in between.
 */
import type { Database, Statement } from 'better-sqlite3'
import type { Batch } from '../db/batch.js'
import type { Conditions } from './filter.js'

/** Ids: the first is included, the second is not. */
export interface IdRange {
  readonly least: string
  readonly before: string
}

export interface Walk {
  /** Takes the next slice; gives the rows that meet the conditions, or only counts them. */
  find(): Promise<readonly number[]>
  count(): Promise<number>
  readonly ended: boolean
  /** Milliseconds of work so far. */
  readonly worked: number
}

type Values = Record<string, string | number>
interface Statements {
  readonly find: Statement<[Values], number>
  readonly count: Statement<[Values], number>
}

const SLICE_MS = 4
const FIRST_SLICE = 500
/** Where logs have to be read: nobody knows how many there are. */
const FIRST_TEXT_SLICE = 20
const LARGEST_SLICE = 20_000

/** Gives a way to start walks. */
export function createExecutionWalks(
  db: Database,
  batch: Batch
): (functionRowId: number, conditions: Conditions, range: IdRange) => Walk {
  const sliceEnd = db
    .prepare<[number, string, string, number], string>(
      `
    select id from executions indexed by executions_by_function where function = ? and id < ? and id >= ? order by id desc limit 1 offset ?`
    )
    .pluck()
  const prepared = new Map<string, Statements>()

  function prepare(sql: string): Statements {
    const known = prepared.get(sql)
    if (known !== undefined) return known
    const source = `from executions e indexed by executions_by_function where e.function = :function and e.id < :before and e.id >= :least${sql}`
    const statements = {
      find: db.prepare<[Values], number>(`select e.seq ${source} order by e.id desc`).pluck(),
      count: db.prepare<[Values], number>(`select count(*) ${source}`).pluck()
    }
    prepared.set(sql, statements)
    return statements
  }

  return function start(functionRowId, { sql, values }, range) {
    const statements = prepare(sql)
    let { before } = range
    let size = 'text' in values ? FIRST_TEXT_SLICE : FIRST_SLICE
    let ended = false
    let worked = 0

    async function step<T>(read: (bounds: Values) => T): Promise<T> {
      const started = performance.now()
      const result = await batch.read(() => {
        const end = sliceEnd.get(functionRowId, before, range.least, size - 1)
        const least = end ?? range.least
        const found = read({ ...values, function: functionRowId, before, least })
        ended = end === undefined
        before = least
        return found
      })
      const took = performance.now() - started
      worked += took
      size = Math.min(
        LARGEST_SLICE,
        Math.max(1, Math.ceil(size * Math.min(4, SLICE_MS / Math.max(took, 0.1))))
      )
      return result
    }

    return {
      find: () => step(bounds => statements.find.all(bounds)),
      count: () => step(bounds => statements.count.get(bounds) ?? 0),
      get ended() {
        return ended
      },
      get worked() {
        return worked
      }
    }
  }
}
