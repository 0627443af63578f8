/**
 * What executions write before their end is committed at once, and on the disk with their end: a database that crashes
 * in between may lose it. Then the execution has failed.
 */
import type { BatchPart } from '../db/batch.js'
import type { Database } from '../db/database.js'
import type { RunningExecution } from './running.js'

type Lost = Pick<Database, 'isLost'>

/** Those that write in one batch. */
export class UnsyncedWrites implements BatchPart {
  private readonly executions = new Set<RunningExecution>()

  constructor(private readonly db: Lost) {}

  add(running: RunningExecution): void {
    this.executions.add(running)
  }

  committed(number: number): void {
    for (const running of this.executions) {
      checkUnsynced(running, this.db)
      running.unsynced = number
    }
  }
}

/** Whether the database has lost something of it. */
export function checkUnsynced(running: RunningExecution, db: Lost): boolean {
  const isLost = running.unsynced !== undefined && db.isLost(running.unsynced)
  if (isLost) running.lostWrites = true
  return isLost
}
