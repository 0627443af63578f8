/** EnvStore on SQLite; values are sealed on the way in and opened on the way out. */
import type { Database } from 'better-sqlite3'
import type { EnvStore } from '../../core/contracts/storage.js'
import type { Batch } from './batch.js'
import type { ChangeFeed } from './change-feed.js'
import { requireKey, type FunctionKeys } from './function-keys.js'
import type { SecretBox } from './secret-box.js'

interface Parts {
  readonly db: Database
  readonly batch: Batch
  readonly keys: FunctionKeys
  readonly secrets: SecretBox
  /** Told of every change. */
  readonly variables: ChangeFeed
}

export function createEnvStore ({ db, batch, keys, secrets, variables }: Parts): EnvStore {
  const get = db.prepare<[number, string], Buffer | string>('select value from env where function = ? and name = ?').pluck()
  const count = db.prepare<[number], number>('select count(*) from env where function = ?').pluck()
  const all = db.prepare<[number], { name: string, value: Buffer | string }>('select name, value from env where function = ? order by name')
  const put = db.prepare<[number, string, Uint8Array]>('insert into env (function, name, value) values (?, ?, ?) on conflict do update set value = excluded.value')
  const remove = db.prepare<[number, string]>('delete from env where function = ? and name = ?')
  const clear = db.prepare<[number]>('delete from env where function = ?')

  return {
    get: (functionId, name) => batch.read(() => {
      const key = keys.find(functionId)
      const value = key === undefined ? undefined : get.get(key, name)
      return value === undefined ? undefined : secrets.open(value, functionId, name)
    }),
    all: functionId => batch.read(() => {
      const key = keys.find(functionId)
      const rows = key === undefined ? [] : all.all(key)
      return Object.fromEntries(rows.map(({ name, value }) => [name, secrets.open(value, functionId, name)]))
    }),
    set: (functionId, name, value, most = Infinity) => batch.write(() => {
      const key = requireKey(keys, functionId)
      if (get.get(key, name) === undefined && (count.get(key) ?? 0) >= most) return false
      put.run(key, name, secrets.seal(value, functionId, name))
      variables.changed(functionId)
      return true
    }),
    delete: (functionId, name) => batch.write(() => {
      remove.run(requireKey(keys, functionId), name)
      variables.changed(functionId)
    }),
    replace: (functionId, wanted) => batch.atomic(() => {
      const key = requireKey(keys, functionId)
      clear.run(key)
      for (const [name, value] of Object.entries(wanted)) put.run(key, name, secrets.seal(value, functionId, name))
      variables.changed(functionId)
    })
  }
}
