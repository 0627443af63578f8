/** A function that is removed between the steps of a list is not in it. */
import t from 'tap'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createFunction, NOW, PAGE, run } from '../../contracts/storage-fixtures.js'
import { openNew } from './open-storage.js'

/** Moments at which it is removed; at one of them the search is over, and what it found has not been read. */
const TURNS = 6

/** Does `work` when `ask` has had so many turns of the event loop; gives what came of `ask`. */
async function meanwhile<T>(turns: number, ask: () => Promise<T>, work: () => Promise<unknown>) {
  const asked = ask()
  // The steps that no turn lies between come first.
  for (let i = 0; i < 100; i++) await null
  for (let i = 0; i < turns; i++) await nextTurn()
  await Promise.all([asked, work()])
  return asked
}

t.test('a search in functions', async t => {
  const storage = await openNew(t)
  const kept = await createFunction(storage, { name: 'wanted' })
  for (let turns = 0; turns < TURNS; turns++) {
    const removed = await createFunction(storage, { name: 'wanted too' })
    const { rows } = await meanwhile(
      turns,
      () => storage.functions.list(PAGE, 'wanted'),
      () => storage.functions.remove(removed)
    )
    const others = rows.map(({ fn }) => fn.id).filter(id => id !== removed)
    t.same(others, [kept], `removed after ${turns} turns`)
  }
})

t.test('executions with a filter', async t => {
  const storage = await openNew(t)
  for (let turns = 0; turns < TURNS; turns++) {
    const functionId = await createFunction(storage)
    await run(storage, functionId)
    const { rows } = await meanwhile(
      turns,
      () => storage.executions.list(functionId, PAGE, { from: NOW }),
      () => storage.functions.remove(functionId)
    )
    const listed = rows.filter(row => row.functionId !== functionId)
    t.same(listed, [], `removed after ${turns} turns`)
  }
})
