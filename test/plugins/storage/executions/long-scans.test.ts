import t from 'tap'
import {
  createFunction,
  finished,
  log,
  newExecution,
  NOW,
  PAGE
} from '../../../contracts/storage-fixtures.js'
import { openParts } from '../open-parts.js'

const EXECUTIONS = 40_000

/** A function with a long history, each execution with a log; the oldest is the only one with a rare text. */
async function openLong(t: Parameters<typeof openParts>[0]) {
  const { db, storage } = await openParts(t)
  const functionId = await createFunction(storage)
  db.exec(
    `insert into executions (id, function, version, status, trigger, created_at, event_json)
     with recursive n(i) as (select 1 union all select i + 1 from n where i < ${EXECUTIONS})
     select printf('0%019d', i), (select seq from functions where id = '${functionId}'), 1 + i % 2, 1, 'http',
       ${NOW} + i, '{}' from n;
     insert into logs (execution, n, level, created_at, message)
     select seq, 0, 1, created_at, case seq when (select min(seq) from executions) then 'Rare' else 'usual' end
     from executions;
     update functions set id_skew = 1e12;`
  )
  const list = storage.executions.list.bind(storage.executions, functionId)
  return { db, storage, functionId, list }
}

t.test('a long scan finds the same as a short one, from the first page to the last', async t => {
  const { list } = await openLong(t)
  const rare = await list(PAGE, { text: 'rare' })
  t.match(rare, { total: 1, rows: [{ createdAt: NOW + 1 }] })
  t.equal(rare.partial, undefined)
  const half = EXECUTIONS / 2
  const middle = await list({ limit: 20, offset: 30_000 }, { from: NOW })
  t.match(middle, { total: EXECUTIONS, rows: [{ createdAt: NOW + EXECUTIONS - 30_000 }] })
  const last = await list({ limit: 20, offset: half - 3 }, { version: 2, from: NOW + 1 })
  t.equal(last.total, half)
  t.same(
    last.rows.map(({ createdAt }) => createdAt - NOW),
    [5, 3, 1]
  )
})

t.test('a scan in the thread sees what was written before it, durable or not', async t => {
  const { storage, functionId, list } = await openLong(t)
  const execution = newExecution(functionId, { id: '0'.repeat(20), createdAt: NOW - 5 })
  const written = storage.executions.finish(finished(execution, { logs: [log('Rarest of all')] }))
  const { total, rows } = await list(PAGE, { text: 'rare' })
  t.equal(total, 2)
  t.equal(rows[1]?.id, execution.id)
  await written
})
