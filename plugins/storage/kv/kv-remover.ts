import type { Database } from 'better-sqlite3'
import { bytesSql } from '../quotas/row-bytes.js'
import type { StoredBytes } from '../quotas/stored-bytes.js'

/** Deletes key-value entries in steps that block for a few milliseconds at most; to be called within a batch. */
export interface KvRemover {
  /** Deletes some entries of a function; returns how many, 0 when none is left. */
  removeOf(functionRowId: number): number
  /** Deletes some entries that have expired, at most `limit`, those that expired first first; returns how many. */
  removeExpired(nowMs: number, limit: number): number
}

interface Entry {
  readonly function: number
  readonly key: Buffer
  readonly bytes: number
}

const STEP = 50
const STEP_BYTES = 4 * 1024 * 1024

export function createKvRemover(db: Database, stored: StoredBytes): KvRemover {
  const columns = `function, key, ${bytesSql('kv')} as bytes`
  const ofFunction = db.prepare<[number, number], Entry>(
    `select ${columns} from kv where function = ? limit ?`
  )
  const expired = db.prepare<[number, number], Entry>(
    `select ${columns} from kv where expires_at <= ? order by expires_at limit ?`
  )
  const remove = db.prepare<[number, Uint8Array]>('delete from kv where function = ? and key = ?')

  function removeFirst(entries: readonly Entry[]): number {
    let removed = 0
    let size = 0
    for (const { function: functionRowId, key, bytes } of entries) {
      remove.run(functionRowId, key)
      stored.add(functionRowId, 'kv', -bytes)
      removed++
      size += bytes
      if (size >= STEP_BYTES) break
    }
    return removed
  }

  return {
    removeOf: functionRowId => removeFirst(ofFunction.all(functionRowId, STEP)),
    removeExpired: (nowMs, limit) => removeFirst(expired.all(nowMs, limit))
  }
}
