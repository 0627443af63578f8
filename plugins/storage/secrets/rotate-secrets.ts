/** Encrypts what is secret in a database (variables, events of jobs, targets of alerts) with another key. */
import type { Database } from 'better-sqlite3'
import { targetContext, targetName } from '../alerts/alert-rows.js'
import { toStorageError } from '../db/failure.js'
import { HISTORY_NAME } from '../functions/env-entries.js'
import { openDatabase } from '../db/open.js'
import { contextOf } from '../jobs/job-calls.js'
import { createSecretBox, type SecretBox } from './secret-box.js'

interface Row {
  readonly function: number
  readonly functionId: string
  readonly name: string
  readonly value: Buffer | string
}

/**
 * Encrypts every variable in `file` anew, also those still stored as text, their former states, the events of jobs and
 * the targets of alerts, all or none; returns how many variables. The server must not run meanwhile. Keys have 32
 * bytes. Throws a WrongKeyError, changing nothing, when one cannot be decrypted with `oldKey`. When it returns, all is
 * on the disk: the old key may be forgotten.
 */
export function rotateSecrets(file: string, oldKey: Uint8Array, newKey: Uint8Array): number {
  const db = openDatabase(file)
  try {
    db.pragma('synchronous = full')
    return rotate(db, oldKey, newKey)
  } catch (error) {
    throw toStorageError(error)
  } finally {
    db.close()
  }
}

/** Removed functions wait for their purge under another id, with which their values cannot be opened. */
const present = (table: string): string =>
  `${table}.function not in (select function from purges where version = 0)`

function rotate(db: Database, oldKey: Uint8Array, newKey: Uint8Array): number {
  const before = createSecretBox(oldKey)
  const after = createSecretBox(newKey)
  const rows = db.prepare<[], Row>(
    `select e.function, coalesce(f.id, '') as functionId, e.name, e.value
     from env e left join functions f on f.seq = e.function where ${present('e')}`
  )
  const update = db.prepare<[Uint8Array, number, string]>(
    'update env set value = ? where function = ? and name = ?'
  )
  const former = db.prepare<[], { seq: number; functionId: string; sealed: Buffer }>(
    `select h.seq, coalesce(f.id, '') as functionId, h.sealed
     from env_history h left join functions f on f.seq = h.function where ${present('h')}`
  )
  const updateFormer = db.prepare<[Uint8Array, number]>(
    'update env_history set sealed = ? where seq = ?'
  )
  return db
    .transaction(() => {
      const all = rows.all()
      for (const { function: key, functionId, name, value } of all) {
        update.run(after.seal(before.open(value, functionId, name), functionId, name), key, name)
      }
      for (const { seq, functionId, sealed } of former.all()) {
        updateFormer.run(
          after.seal(before.open(sealed, functionId, HISTORY_NAME), functionId, HISTORY_NAME),
          seq
        )
      }
      rotateJobs(db, before, after)
      rotateAlerts(db, before, after)
      return all.length
    })
    .immediate()
}

function rotateJobs(db: Database, before: SecretBox, after: SecretBox): void {
  const next = db.prepare<[number], { job: number; id: string; sealed: Buffer }>(
    `select e.job, j.id, e.sealed from job_events e join jobs j on j.seq = e.job
     where e.job > ? order by e.job limit 1`
  )
  const update = db.prepare<[Uint8Array, number]>('update job_events set sealed = ? where job = ?')
  for (let row = next.get(0); row !== undefined; row = next.get(row.job)) {
    const context = contextOf(row.id)
    const bytes = before.openBytes(row.sealed, context, `The event of the job ${row.id}`)
    update.run(after.sealBytes(bytes, context), row.job)
  }
}

function rotateAlerts(db: Database, before: SecretBox, after: SecretBox): void {
  const rows = db.prepare<[], { id: string; target: Buffer }>('select id, target from alerts').all()
  const update = db.prepare<[Uint8Array, string]>('update alerts set target = ? where id = ?')
  for (const { id, target } of rows) {
    const bytes = before.openBytes(target, targetContext(id), targetName(id))
    update.run(after.sealBytes(bytes, targetContext(id)), id)
  }
}
