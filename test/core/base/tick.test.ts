/** Work put off to the end of a turn of the event loop. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import { atTurnsEnd, breathe } from '../../../core/base/tick.js'

const spend = (ms: number): void => {
  for (const end = performance.now() + ms; performance.now() < end;);
}

t.test('what is put off is done once, in order, when the turn ends', async t => {
  const done: string[] = []
  atTurnsEnd(() => {
    done.push('first')
    atTurnsEnd(() => {
      done.push('later')
    })
  })
  atTurnsEnd(() => {
    done.push('second')
  })
  breathe()
  t.same(done, [], 'not before')
  await nextTurn()
  t.same(done, ['first', 'second'])
  await nextTurn()
  t.same(done, ['first', 'second', 'later'])
  await nextTurn()
  t.equal(done.length, 3)
})

t.test(
  'in a turn that takes long it is done as soon as somebody breathes, and not again',
  async t => {
    let times = 0
    atTurnsEnd(() => {
      times++
    })
    spend(10)
    breathe()
    t.equal(times, 1)
    breathe()
    await nextTurn()
    t.equal(times, 1)
  }
)
