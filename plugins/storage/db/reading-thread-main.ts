/**
 * What runs in the reading thread: statements that read, one after the other, on a connection of its own. Unless they
 * are urgent it has a low priority, so that it takes what the server and its sandboxes leave of the processors.
 */
import Database from 'better-sqlite3'
import { readlinkSync } from 'node:fs'
import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import type { Asked, ThreadData, Told } from './reading-thread.js'
import { defineTextFunctions } from './text-functions.js'

/** Of `nice`: a tenth of the time of a thread of usual priority, where both want the same processor. */
const PRIORITY = 10
/** KiB of pages that the connection caches. */
const CACHE_KIB = 4096

const port = parentPort
if (port === null) throw new Error('This file is the program of a thread.')
const { file, isUrgent } = workerData as ThreadData
if (!isUrgent) lowerPriority()
const db = new Database(file, { fileMustExist: true })
db.pragma('query_only = on')
db.pragma(`cache_size = -${CACHE_KIB}`)
db.pragma('temp_store = memory')
defineTextFunctions(db)
const prepared = new Map<string, Database.Statement<[Asked['values']]>>()

port.on('message', (asked: Asked | 'close') => {
  if (asked === 'close') {
    db.close()
    port.close()
    return
  }
  port.postMessage(answer(asked))
})

function answer({ sql, values }: Asked): Told {
  try {
    const statement = prepared.get(sql) ?? db.prepare<[Asked['values']]>(sql).pluck()
    prepared.set(sql, statement)
    const since = performance.now()
    const rows = statement.all(values)
    return { rows, tookMs: performance.now() - since }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

/** Linux gives each thread a priority of its own; where it has none by that name, it stays as it is. */
function lowerPriority(): void {
  try {
    const thread = /\d+$/.exec(readlinkSync('/proc/thread-self'))?.[0]
    if (thread !== undefined) setPriority(Number(thread), PRIORITY)
  } catch {
    /* No /proc, or a sandbox around the server that forbids it. */
  }
}
