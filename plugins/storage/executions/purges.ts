/**
 * What is removed is gone for every reader at once; its rows leave the file afterwards, in steps that block for a few
 * milliseconds at most. An unfinished purge is resumed at the next start.
 */
import type { Database } from 'better-sqlite3'
import { BackgroundWork } from '../background-work.js'
import type { Batch } from '../db/batch.js'
import type { JobRemover } from '../jobs/job-remover.js'
import type { KvRemover } from '../kv/kv-remover.js'
import type { StoredBytes } from '../quotas/stored-bytes.js'
import type { ExecutionCounts } from './counts.js'
import type { ExecutionRemover } from './remover.js'

interface Parts {
  readonly db: Database
  readonly batch: Batch
  readonly remover: ExecutionRemover
  readonly kvRemover: KvRemover
  readonly jobs: JobRemover
  readonly counts: ExecutionCounts
  readonly stored: StoredBytes
}
interface Purge {
  readonly function: number
  /** 0: the whole function. */
  readonly version: number
}

/** How many rows of other versions one step may look at. */
const SCAN_STEP = 2000

export class Purges {
  private readonly sql: ReturnType<typeof prepareStatements>
  private readonly versions = new Map<number, number[]>()
  private hasChanged = false
  /** A failure leaves the rest to the next removal or start; readers see none of it. */
  private readonly work = new BackgroundWork(() => this.purgeAll())

  constructor(private readonly parts: Parts) {
    this.sql = prepareStatements(parts.db)
    parts.batch.onCommit({
      before() {},
      after: durable => {
        this.settleBatch(durable)
      }
    })
    this.loadVersions()
    if (this.sql.all.get() !== undefined) {
      setImmediate(() => {
        this.work.start()
      })
    }
  }

  /** Within a batch. With version 0 the whole function. */
  add(functionRowId: number, version: number): void {
    this.sql.insert.run(functionRowId, version)
    this.parts.counts.drop(functionRowId, version)
    if (version === 0) this.parts.jobs.hideOf(functionRowId)
    this.hasChanged = true
    this.loadVersions()
  }

  /** Removed versions of an existing function whose executions are still in the file. */
  versionsOf(functionRowId: number): readonly number[] {
    return this.versions.get(functionRowId) ?? []
  }

  /** Resolves when the current step is done; the rest waits for the next start. */
  stop(): Promise<void> {
    return this.work.stop()
  }

  private settleBatch(durable: boolean): void {
    if (!this.hasChanged) return
    this.hasChanged = false
    if (!durable) this.loadVersions()
    this.work.start()
  }

  private loadVersions(): void {
    this.versions.clear()
    for (const { function: functionRowId, version } of this.sql.all.all()) {
      if (version === 0) continue
      this.versions.set(functionRowId, [...this.versionsOf(functionRowId), version])
    }
  }

  private async purgeAll(): Promise<void> {
    const { all } = this.sql
    for (let next = all.get(); next !== undefined && !this.work.isStopping; next = all.get()) {
      const isDone = await (next.version === 0
        ? this.purgeFunction(next.function)
        : this.purgeVersion(next))
      if (isDone) await this.finish(next)
    }
  }

  private async purgeFunction(functionRowId: number): Promise<boolean> {
    const { remover, kvRemover, jobs } = this.parts
    const { executionsOf } = this.sql
    return (
      (await this.repeat(() => jobs.removeOf(functionRowId) > 0)) &&
      (await this.repeat(
        () => remover.remove(executionsOf.all(functionRowId, remover.step)) > 0
      )) &&
      (await this.repeat(() => kvRemover.removeOf(functionRowId) > 0))
    )
  }

  private async purgeVersion(purge: Purge): Promise<boolean> {
    const { remover } = this.parts
    let after = ''
    return this.repeat(() => {
      const end = this.sql.scanEnd.get(purge.function, after, SCAN_STEP)
      if (end === undefined || end === null) return false
      const { step } = remover
      const found = this.sql.inScan.all(purge.function, after, end, purge.version, step)
      const removed = remover.remove(found.map(({ seq }) => seq))
      const isScanned = removed === found.length && found.length < step
      after = isScanned ? end : (found[removed - 1]?.id ?? end)
      return true
    })
  }

  /** At most one step a tick, until one says that nothing is left. False: stopped before that. */
  private async repeat(step: () => boolean): Promise<boolean> {
    while (!this.work.isStopping) {
      if (!(await this.parts.batch.slice(step))) return true
    }
    return false
  }

  private async finish({ function: functionRowId, version }: Purge): Promise<void> {
    const { batch, counts, stored } = this.parts
    await batch.transaction(() => {
      counts.drop(functionRowId, version)
      if (version === 0) {
        for (const statement of this.sql.deleteFunction) statement.run(functionRowId)
        stored.drop(functionRowId)
      }
      this.sql.done.run(functionRowId, version)
      this.loadVersions()
    })
  }
}

function prepareStatements(db: Database) {
  return {
    insert: db.prepare<[number, number]>(
      'insert or ignore into purges (function, version) values (?, ?)'
    ),
    all: db.prepare<[], Purge>('select function, version from purges'),
    done: db.prepare<[number, number]>('delete from purges where function = ? and version = ?'),
    executionsOf: db
      .prepare<[number, number], number>('select seq from executions where function = ? limit ?')
      .pluck(),
    scanEnd: db
      .prepare<[number, string, number], string | null>(
        `select max(id) from (select id from executions where function = ? and id > ? order by id limit ?)`
      )
      .pluck(),
    inScan: db.prepare<[number, string, string, number, number], { seq: number; id: string }>(
      `select seq, id from executions
       where function = ? and id > ? and id <= ? and version = ? order by id limit ?`
    ),
    deleteFunction: [
      'delete from env where function = ?',
      'delete from env_history where function = ?',
      'delete from access_keys where function = ?',
      'delete from versions where function = ?',
      'delete from functions where seq = ?'
    ].map(sql => db.prepare<[number]>(sql))
  }
}
