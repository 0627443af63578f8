/**
 * What is removed is gone for every reader at once; its rows leave the file afterwards, in steps that block
 * for a few milliseconds at most. An unfinished purge goes on at the next start.
 */
import type { Database } from 'better-sqlite3'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Batch } from '../db/batch.js'
import type { ExecutionRemover } from './remover.js'
import type { ExecutionCounts } from './counts.js'
import type { KvRemover } from '../kv/kv-remover.js'
import type { StoredBytes } from '../quotas/stored-bytes.js'

export interface Purges {
  /** Within a batch. With version 0 the whole function. */
  add(functionRowId: number, version: number): void
  /** Removed versions of a living function whose executions are still in the file. */
  versionsOf(functionRowId: number): readonly number[]
  /** Resolves when the current step is done; the rest waits for the next start. */
  stop(): Promise<void>
}

interface Parts {
  readonly db: Database
  readonly batch: Batch
  readonly remover: ExecutionRemover
  readonly kvRemover: KvRemover
  readonly counts: ExecutionCounts
  readonly stored: StoredBytes
}
interface Purge {
  readonly function: number
  readonly version: number
}

/** How many rows of other versions one step may look at. */
const SCAN_STEP = 2000

export function createPurges({ db, batch, remover, kvRemover, counts, stored }: Parts): Purges {
  const insert = db.prepare<[number, number]>(
    'insert or ignore into purges (function, version) values (?, ?)'
  )
  const all = db.prepare<[], Purge>('select function, version from purges')
  const done = db.prepare<[number, number]>('delete from purges where function = ? and version = ?')
  const executionsOf = db
    .prepare<[number, number], number>('select seq from executions where function = ? limit ?')
    .pluck()
  const scanEnd = db
    .prepare<[number, string, number], string | null>(
      `
    select max(id) from (select id from executions where function = ? and id > ? order by id limit ?)`
    )
    .pluck()
  const inScan = db.prepare<[number, string, string, number, number], { seq: number; id: string }>(`
    select seq, id from executions where function = ? and id > ? and id <= ? and version = ? order by id limit ?`)
  const deleteEnv = db.prepare<[number]>('delete from env where function = ?')
  const deleteEnvHistory = db.prepare<[number]>('delete from env_history where function = ?')
  const deleteVersions = db.prepare<[number]>('delete from versions where function = ?')
  const deleteFunction = db.prepare<[number]>('delete from functions where seq = ?')

  const versions = new Map<number, number[]>()
  let work: Promise<void> | undefined
  const stop = new AbortController()

  function load(): void {
    versions.clear()
    for (const purge of all.all()) {
      if (purge.version !== 0) {
        versions.set(purge.function, [...(versions.get(purge.function) ?? []), purge.version])
      }
    }
  }

  let changed = false
  batch.onCommit({
    before() {},
    after(durable) {
      if (!changed) return
      changed = false
      if (!durable) load()
      start()
    }
  })

  function start(): void {
    if (stop.signal.aborted || work !== undefined) return
    // A failure (a full disk) leaves the rest to the next removal or start; readers see none of it.
    work = purgeAll()
      .catch(() => {})
      .finally(() => {
        work = undefined
      })
  }

  async function purgeAll(): Promise<void> {
    for (let next = all.get(); next !== undefined && !stop.signal.aborted; next = all.get()) {
      const finished = await (next.version === 0
        ? purgeFunction(next.function)
        : purgeVersion(next))
      if (finished) await finish(next)
    }
  }

  async function purgeFunction(key: number): Promise<boolean> {
    return (
      (await repeat(() => remover.remove(executionsOf.all(key, remover.step)) > 0)) &&
      (await repeat(() => kvRemover.removeOf(key) > 0))
    )
  }

  async function purgeVersion(purge: Purge): Promise<boolean> {
    let after = ''
    return repeat(() => {
      const end = scanEnd.get(purge.function, after, SCAN_STEP)
      if (end === undefined || end === null) return false
      const found = inScan.all(purge.function, after, end, purge.version, remover.step)
      const removed = remover.remove(found.map(({ seq }) => seq))
      const isAll = removed === found.length
      after = isAll && found.length < remover.step ? end : (found[removed - 1]?.id ?? end)
      return true
    })
  }

  /** One step a turn, until one says that nothing is left. False: stopped before that. */
  async function repeat(step: () => boolean): Promise<boolean> {
    while (!stop.signal.aborted) {
      if (!(await batch.transaction(step))) return true
      await nextTurn()
    }
    return false
  }

  async function finish(purge: Purge): Promise<void> {
    await batch.transaction(() => {
      counts.drop(purge.function, purge.version)
      if (purge.version === 0) {
        for (const statement of [deleteEnv, deleteEnvHistory, deleteVersions, deleteFunction]) {
          statement.run(purge.function)
        }
        stored.drop(purge.function)
      }
      done.run(purge.function, purge.version)
      load()
    })
  }

  load()
  if (all.get() !== undefined) setImmediate(start)
  return {
    add(functionRowId, version) {
      insert.run(functionRowId, version)
      counts.drop(functionRowId, version)
      changed = true
      load()
    },
    versionsOf: functionRowId => versions.get(functionRowId) ?? [],
    async stop() {
      stop.abort()
      await work
    }
  }
}
