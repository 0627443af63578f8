import t from 'tap'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { PAGE } from '../../contracts/storage-fixtures.js'
import { openParts, totalsOf } from './open-parts.js'
import { temporaryFolder } from './open-storage.js'

const program = fileURLToPath(new URL('../../fixtures/storage/writer.js', import.meta.url))

/** Runs the writer until it has kept `promises` of its promises, kills it, and gives what it said. */
async function writeAndKill(file: string, promises: number): Promise<string[]> {
  const child = spawn(process.execPath, [program, file], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    if (lines.length === promises) child.kill('SIGKILL')
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return lines
}

t.test('nothing that was promised is missing after kill -9', async t => {
  const file = join(await temporaryFolder(t), 'moonlet.db')
  let acknowledged = 0
  for (let round = 0; round < 6; round++) {
    const lines = await writeAndKill(file, 20 + Math.floor(Math.random() * 1500))
    const { db, storage } = await openParts(t, file)
    t.equal(
      db.pragma('integrity_check', { simple: true }),
      'ok',
      `round ${round}, after ${lines.length} promises`
    )
    const [fn] = (await storage.functions.list(PAGE)).rows
    const functionId = fn!.fn.id

    for (const line of lines) {
      const [kind, value = '', logs] = line.split(' ')
      if (kind === 'count') continue
      acknowledged++
      if ((await storage.executions.find(value))?.status !== 'success') t.fail(`missing: ${line}`)
      if ((await storage.executions.logs(value, PAGE)).total !== Number(logs)) {
        t.fail(`logs missing: ${line}`)
      }
    }
    const counted = Math.max(
      0,
      ...lines.filter(line => line.startsWith('count')).map(line => Number(line.split(' ')[1]))
    )
    const stored = await storage.kv.get(functionId, Buffer.from('count'))
    t.ok(Number(Buffer.from(stored ?? []).toString() || 0) >= counted, 'no increment is lost')

    const entries = await storage.kv.list(functionId, {
      prefix: new Uint8Array(),
      after: undefined,
      limit: 100_000,
      maxBytes: 1e9
    })
    for (const { key } of entries) {
      const id = Buffer.from(key).toString()
      if (id !== 'count' && (await storage.executions.find(id)) === undefined) {
        t.fail(`${id} wrote something and has no record`)
      }
    }

    const { total } = await storage.executions.list(functionId, PAGE, { status: 'pending' })
    t.equal(
      await storage.executions.closeUnfinished(
        { kind: 'interrupted', message: 'killed' },
        'killed'
      ),
      total
    )
    t.equal((await storage.executions.list(functionId, PAGE, { status: 'pending' })).total, 0)
    await storage.probe()
    const totals = totalsOf(db)
    t.same(totals.kept, totals.counted, 'totals are exact')
    await storage.close()
  }
  t.ok(acknowledged > 100, `${acknowledged} acknowledged executions`)
})
