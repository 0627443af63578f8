import t from 'tap'
import { createGiveWay, giveWay, type Turns } from '../../../core/base/give-way.js'

/** Work that gives way where each turn of the event loop has so much work, and serves so many events of calls. */
function turnsOf(turnMs: number, events: () => number = () => 0) {
  let time = 0
  let served = 0
  const pauses: number[] = []
  const turns: Turns = {
    worked: () => time,
    served: () => served,
    now: () => time,
    nextTick: async () => {
      time += turnMs
      served += events()
    },
    sleep: async ms => {
      pauses.push(ms)
      time += ms
      served += events()
    }
  }
  return { pauses, giveWay: createGiveWay(turns) }
}

t.test('on an idle server work goes on after one turn', async t => {
  const { giveWay, pauses } = turnsOf(0.1)
  await giveWay(5)
  await giveWay(5)
  t.same(pauses, [])
})

t.test('on a busy one it pauses for several times what its slice took, within bounds', async t => {
  const { giveWay, pauses } = turnsOf(2)
  await giveWay(3)
  await giveWay(1000)
  t.same(pauses, [60, 100])
})

t.test('it pauses for a single short call, and for a while after it', async t => {
  const calls = [1]
  const { giveWay, pauses } = turnsOf(0.1, () => calls.shift() ?? 0)
  for (let slice = 0; slice < 5; slice++) await giveWay(0.6)
  t.same(pauses, [12, 12, 12])
})

t.test('calls that come in its pauses are noticed', async t => {
  const calls = [1, 0, 1, 0]
  const { giveWay, pauses } = turnsOf(0.1, () => calls.shift() ?? 0)
  for (let slice = 0; slice < 6; slice++) await giveWay(1)
  t.same(pauses, [20, 20, 20, 20])
})

t.test('it settles with the real clock and the real event loop', async t => {
  await t.resolves(giveWay(1))
})
