import t from 'tap'
import { giveWay, type Turns } from '../../../core/base/give-way.js'

/** Turns of the event loop with so much work and so many events of calls each; gives the pauses that were made. */
function turnsOf(turnMs: number, events = 0): Turns & { readonly pauses: number[] } {
  let time = 0
  let served = 0
  const pauses: number[] = []
  return {
    pauses,
    worked: () => time,
    served: () => served,
    nextTick: async () => {
      time += turnMs
      served += events
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
  await giveWay(3, busy)
  await giveWay(1000, busy)
  t.same(busy.pauses, [60, 100])
})

t.test('it pauses for a single short call as well', async t => {
  const one = turnsOf(0.1, 1)
  await giveWay(3, one)
  t.same(one.pauses, [60])
})

t.test('it settles with the real clock and the real event loop', async t => {
  await t.resolves(giveWay(1))
})
