/** Work put off to the end of a turn of the event loop. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import { deferToTickEnd, flushIfLate } from '../../../core/base/tick.js'

const spend = (ms: number): void => {
  for (const end = performance.now() + ms; performance.now() < end;);
}

t.test('what is put off is done once, in order, when the turn ends', async t => {
  // However slow the machine is: this turn takes no time.
  const now = performance.now()
  t.intercept(performance, 'now', { value: () => now })
  const done: string[] = []
  deferToTickEnd(() => {
    done.push('first')
    deferToTickEnd(() => {
      done.push('later')
    })
  })
  deferToTickEnd(() => {
    done.push('second')
  })
  flushIfLate()
  t.same(done, [], 'not before')
  await nextTurn()
  t.same(done, ['first', 'second'])
  await nextTurn()
  t.same(done, ['first', 'second', 'later'])
  await nextTurn()
  t.equal(done.length, 3)
})

t.test(
  'in a turn that takes long it is done as soon as the next event asks for it, and not again',
  async t => {
    let times = 0
    deferToTickEnd(() => {
      times++
    })
    spend(10)
    flushIfLate()
    t.equal(times, 1)
    flushIfLate()
    await nextTurn()
    t.equal(times, 1)
  }
)
