/** What must hold after every fault. Each check throws an AssertionError that says what does not. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { createClient } from './client.js'
import type { Acknowledged } from './load.js'
import { isAlive } from '../helpers/processes.js'
import { until, type ChaosServer } from './server.js'
import type { World } from './world.js'

/** Every acknowledged execution is in the history, finished as its caller was told, and what it wrote is there. */
export async function checkAcknowledged(
  { base }: ChaosServer,
  functionId: string,
  acknowledged: readonly Acknowledged[]
): Promise<void> {
  const client = createClient(4)
  try {
    const queue = [...acknowledged]
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        for (let next = queue.pop(); next !== undefined; next = queue.pop()) await checkOne(next)
      })
    )
    const counts = acknowledged.flatMap(({ count }) => (count === undefined ? [] : [count]))
    assert.equal(new Set(counts).size, counts.length, 'no count was given twice')
    const most = counts.reduce((a, b) => Math.max(a, b), 0)
    const stored = await client.call(`${base}/api/functions/${functionId}/kv/n`)
    if (most > 0) {
      assert.ok(
        Number(stored.body) >= most,
        `the stored count ${stored.body} is not less than the acknowledged ${most}`
      )
    }
  } finally {
    await client.close()
  }

  async function checkOne({ executionId, status }: Acknowledged): Promise<void> {
    const reply = await client.call(`${base}/api/executions/${executionId}`)
    assert.equal(reply.status, 200, `the acknowledged execution ${executionId} is in the history`)
    const recorded = (JSON.parse(reply.body) as { status: string }).status
    assert.equal(
      recorded,
      status < 400 ? 'success' : 'error',
      `execution ${executionId}, answered with ${status}, is recorded as it was`
    )
  }
}

/** SQLite finds nothing wrong, in a database that is in use or not. */
export function checkIntegrity(folder: string): void {
  const db = new Database(join(folder, 'moonlet.db'), { readonly: true, timeout: 60_000 })
  try {
    assert.deepEqual(db.pragma('integrity_check'), [{ integrity_check: 'ok' }])
    assert.deepEqual(db.pragma('foreign_key_check'), [])
  } finally {
    db.close()
  }
}

/** The server runs functions and takes writes. */
export async function checkAnswers({ base }: ChaosServer, functionId: string): Promise<void> {
  const client = createClient(1)
  try {
    await until(
      'the server is ready',
      async () => (await client.call(`${base}/readyz`)).status === 200
    )
    const { status, executionId } = await client.call(
      `${base}/fn/${functionId}`,
      'POST',
      'still there?'
    )
    assert.equal(status, 200, 'a call is answered')
    assert.ok(executionId)
  } finally {
    await client.close()
  }
}

/**
 * The last of every fault: the server answers, holds nothing that it did not hold before, ends in order, and leaves a
 * sound database.
 */
export async function checkEnd(
  server: ChaosServer,
  { folder, functionId }: World,
  descriptors: number
): Promise<void> {
  await checkAnswers(server, functionId)
  await checkDescriptors(server, descriptors)
  const sandboxes = server.sandboxes()
  assert.equal(await server.end('SIGTERM'), 0)
  await checkGone(sandboxes)
  checkIntegrity(folder)
}

export const checkGone = (pids: readonly number[]): Promise<void> =>
  until(`the processes ${pids.join(', ')} are gone`, () => !pids.some(isAlive))

/** The server holds no more descriptors than before, but for those of sandboxes it may have started. */
export async function checkDescriptors(server: ChaosServer, before: number): Promise<void> {
  const SANDBOXES = 4 * 4
  await until(
    `no descriptor is left over: ${before} before`,
    () => server.descriptors() <= before + SANDBOXES
  )
}
