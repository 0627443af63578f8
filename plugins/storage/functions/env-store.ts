/** EnvStore on SQLite; values are sealed on the way in and opened on the way out. */
import type { Database } from 'better-sqlite3'
import { MoonletError } from '../../../core/base/errors.js'
import type { EnvStore } from '../../../core/contracts/env.js'
import type { Batch } from '../db/batch.js'
import type { ChangeFeed } from '../db/change-feed.js'
import type { EnvHistory } from './env-history.js'
import { requireRowId, type FunctionRowIds } from './function-row-ids.js'
import type { Revisions } from './revisions.js'
import type { SecretBox } from '../secrets/secret-box.js'

type Variables = Readonly<Record<string, string>>
type VariableReader = (functionRowId: number, functionId: string) => Variables

interface Parts {
  readonly db: Database
  readonly batch: Batch
  readonly rowIds: FunctionRowIds
  readonly secrets: SecretBox
  /** Told of every change. */
  readonly variables: ChangeFeed
  readonly variablesOf: VariableReader
  readonly history: EnvHistory
  readonly revisions: Revisions
}

/** Reads all variables of a function. */
export function createVariableReader(db: Database, secrets: SecretBox): VariableReader {
  const all = db.prepare<[number], { name: string; value: Buffer | string }>(
    'select name, value from env where function = ? order by name'
  )
  return (functionRowId, functionId) =>
    Object.fromEntries(
      all.all(functionRowId).map(({ name, value }) => [name, secrets.open(value, functionId, name)])
    )
}

export function createEnvStore({
  db,
  batch,
  rowIds,
  secrets,
  variables,
  variablesOf,
  history,
  revisions
}: Parts): EnvStore {
  const get = db
    .prepare<[number, string], Buffer | string>(
      'select value from env where function = ? and name = ?'
    )
    .pluck()
  const count = db.prepare<[number], number>('select count(*) from env where function = ?').pluck()
  const put = db.prepare<[number, string, Uint8Array]>(
    'insert into env (function, name, value) values (?, ?, ?) on conflict do update set value = excluded.value'
  )
  const remove = db.prepare<[number, string]>('delete from env where function = ? and name = ?')
  const clear = db.prepare<[number]>('delete from env where function = ?')

  /** A change of one variable, as functions make them. */
  function change(
    functionId: string,
    name: string,
    value: string | undefined,
    most = Infinity
  ): Promise<boolean> {
    return batch.transaction(() => {
      const key = requireRowId(rowIds, functionId)
      if (
        value !== undefined &&
        get.get(key, name) === undefined &&
        (count.get(key) ?? 0) >= most
      ) {
        return false
      }
      if (history.isDue(key)) keepBefore(key, functionId, { name, value })
      if (value === undefined) remove.run(key, name)
      else put.run(key, name, secrets.seal(value, functionId, name))
      revisions.count(key)
      variables.changed(functionId)
      return true
    })
  }

  function keepBefore(
    key: number,
    functionId: string,
    { name, value }: { name: string; value: string | undefined }
  ): void {
    const before = readBefore(key, functionId)
    if (before === undefined) return
    const own = Object.hasOwn(before, name) ? before[name] : undefined
    if (own !== value) history.keep(key, functionId, before, 'function')
  }

  /** Undefined: values that cannot be opened with this key. Writing others is the way out, and must go on. */
  function readBefore(key: number, functionId: string): Variables | undefined {
    try {
      return variablesOf(key, functionId)
    } catch (error) {
      if (error instanceof MoonletError) return undefined
      throw error
    }
  }

  return {
    get: (functionId, name) =>
      batch.read(() => {
        const key = rowIds.find(functionId)
        const value = key === undefined ? undefined : get.get(key, name)
        return value === undefined ? undefined : secrets.open(value, functionId, name)
      }),
    all: functionId =>
      batch.read(() => {
        const key = rowIds.find(functionId)
        return key === undefined ? {} : { ...variablesOf(key, functionId) }
      }),
    set: change,
    async delete(functionId, name) {
      await change(functionId, name, undefined)
    },
    replace: (functionId, wanted, mayChange) =>
      batch.transaction(() => {
        const key = requireRowId(rowIds, functionId)
        revisions.check(key, mayChange)
        const before = readBefore(key, functionId)
        if (before !== undefined && !isSame(before, wanted)) {
          history.keep(key, functionId, before, 'user')
        }
        clear.run(key)
        for (const [name, value] of Object.entries(wanted)) {
          put.run(key, name, secrets.seal(value, functionId, name))
        }
        revisions.count(key)
        variables.changed(functionId)
        return revisions.of(key)
      }),
    history: (functionId, page) =>
      batch.read(() => {
        const key = rowIds.find(functionId)
        return key === undefined
          ? { rows: [], total: 0 }
          : history.list(key, functionId, page, variablesOf(key, functionId))
      }),
    former: (functionId, entryId) =>
      batch.read(() => {
        const key = rowIds.find(functionId)
        return key === undefined ? undefined : history.find(key, functionId, entryId)
      }),
    forgetHistory: functionId => batch.write(() => history.clear(requireRowId(rowIds, functionId))),
    expireHistory: (now, limit) => batch.write(() => history.expire(now, limit))
  }
}

function isSame(one: Variables, other: Variables): boolean {
  const names = Object.keys(one)
  return (
    names.length === Object.keys(other).length &&
    names.every(name => Object.hasOwn(other, name) && other[name] === one[name])
  )
}
