import fc from 'fast-check'
import t from 'tap'
import type { WaitingCall } from '../../core/contracts/invocation.js'
import { FairQueue } from '../../sandbox/queue.js'
import { Run } from '../../sandbox/run.js'
import '../helpers/fuzzing.js'
import { toJob } from './rig.js'

const LIMIT = 300

const toRun = (fn: string, queuedAt?: number): Run => new Run(toJob('', { fn, queuedAt }), () => {}, () => {})
const toCall = (queuedAt = performance.now()): WaitingCall => ({ queuedAt, enter () {}, refuse () {} })

t.test('nothing that waits is lost, given twice or counted wrong, whatever comes and goes', async () => {
  const owner = fc.constantFrom('a', 'b', 'c')
  const steps = fc.array(fc.oneof(
    fc.record({ does: fc.constantFrom('push' as const, 'park' as const), owner, count: fc.integer({ min: 1, max: 150 }) }),
    fc.record({ does: fc.constantFrom('drain' as const, 'enter' as const, 'expire' as const, 'clear' as const, 'put back' as const), owner, count: fc.integer({ min: 0, max: 60 }) })
  ), { maxLength: 40 })
  fc.assert(fc.property(steps, steps => {
    const queue = new FairQueue(LIMIT)
    const inside = new Set<Run | WaitingCall>()
    const taken: Array<readonly [string, Run]> = []
    let now = 0
    const leave = (item: Run | WaitingCall | undefined) => { if (item !== undefined && !inside.delete(item)) throw new Error('given twice, or never there') }
    for (const { does, owner, count } of steps) {
      if (does === 'push' || does === 'park') {
        for (let i = 0; i < count; i++) {
          const item = does === 'push' ? toRun(owner, now++) : toCall(now++)
          inside.add(item)
          leave(item instanceof Run ? queue.push(owner, item) : queue.park(owner, item))
        }
      } else if (does === 'drain') {
        let left = count
        queue.drain(run => {
          if (left-- <= 0) return false
          leave(run)
          taken.push([run.functionId, run])
          return true
        })
      } else if (does === 'put back') {
        const [own, run] = taken.pop() ?? []
        if (own === undefined || run === undefined) continue
        inside.add(run)
        queue.putBack(own, [run])
      } else {
        const gone = does === 'enter' ? queue.takeNear() : does === 'expire' ? queue.expire(now - count) : [...queue.clear()]
        if (does === 'clear') for (const item of [...inside]) if (!(item instanceof Run)) inside.delete(item)
        gone.forEach(leave)
      }
      const calls = [...inside].filter(item => !(item instanceof Run)).length
      if (queue.size !== inside.size || queue.calls !== calls) throw new Error(`${does}: counts ${queue.size} and ${queue.calls}, has ${inside.size} and ${calls}`)
    }
    queue.clearCalls().forEach(leave)
    queue.clear().forEach(leave)
    if (inside.size + queue.size + queue.calls > 0) throw new Error('something is left')
  }), { numRuns: 300 })
})

t.test('calls come in after the runs of their owner, the first first, as many as are near', async t => {
  const queue = new FairQueue(LIMIT)
  const pushed = Array.from({ length: 128 }, () => toRun('a'))
  t.notOk(queue.isLong('a'))
  for (const run of pushed) queue.push('a', run)
  t.ok(queue.isLong('a'))
  t.notOk(queue.isLong('b'), 'who has none waiting need not wait for those of others')
  const calls = Array.from({ length: 100 }, () => toCall())
  for (const call of calls) queue.park('a', call)
  t.same([queue.size, queue.calls, queue.takeNear()], [228, 100, []])
  let left = 30
  const drained: Run[] = []
  queue.drain(run => left-- > 0 && drained.push(run) > 0)
  t.same(drained, pushed.slice(0, 30))
  const near = queue.takeNear()
  t.equal(near.length, 30)
  t.ok(near.every((call, i) => call === calls[i]), 'in their order')
  t.ok(queue.isLong('a'), 'a later one does not overtake those that wait')
  t.same([queue.size, queue.calls], [168, 70])
})

t.test('owners share what is near', async t => {
  const queue = new FairQueue(10_000)
  for (const owner of Array.from({ length: 64 }, (_, i) => String(i))) {
    for (let i = 0; i < 4; i++) queue.push(owner, toRun(owner))
  }
  t.ok(queue.isLong('0'), 'four of each are near when many wait')
  queue.park('0', toCall())
  t.same(queue.takeNear(), [])
})

t.test('in a full queue the last call of the owner with most makes room for another owner', async t => {
  const queue = new FairQueue(LIMIT)
  const calls = Array.from({ length: LIMIT - 128 }, () => toCall())
  for (let i = 0; i < 128; i++) queue.push('hog', toRun('hog'))
  for (const call of calls) queue.park('hog', call)
  const late = toCall()
  t.equal(queue.park('hog', late), late, 'a further one of it is refused')
  t.equal(queue.push('other', toRun('other')), calls.at(-1))
  t.equal(queue.park('third', toCall()), calls.at(-2))
  t.same([queue.size, queue.calls], [LIMIT, calls.length - 1])
})
