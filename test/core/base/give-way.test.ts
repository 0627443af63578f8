import t from 'tap'
import { giveWay, type Turns } from '../../../core/base/give-way.js'

/** Turns of the event loop that take `turnMs` each; gives the pauses that were made. */
function turnsOf(turnMs: number): Turns & { readonly pauses: number[] } {
  let time = 0
  const pauses: number[] = []
  return {
    pauses,
    now: () => time,
    nextTick: async () => {
      time += turnMs
    },
    sleep: async ms => {
      pauses.push(ms)
    }
  }
}

t.test('on an idle server work goes on after one turn', async t => {
  const idle = turnsOf(0.1)
  await giveWay(5, idle)
  t.same(idle.pauses, [])
})

t.test('on a busy one it pauses for several times what its slice took, within bounds', async t => {
  const busy = turnsOf(2)
  await giveWay(5, busy)
  await giveWay(1000, busy)
  t.same(busy.pauses, [35, 100])
})

t.test('it settles with the real clock and the real event loop', async t => {
  await t.resolves(giveWay(1))
})
