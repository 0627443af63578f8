import fc from 'fast-check'
import t from 'tap'
import type { Reservation } from '../../../core/contracts/invocation.js'
import type { DeferredCall } from '../../../core/contracts/scheduler.js'
import { FairQueue, type Waiting } from '../../../sandbox/scheduler/queue.js'
import { Invocation } from '../../../sandbox/invocation.js'
import '../../helpers/fuzzing.js'
import { toJob } from '../rig.js'

const LIMIT = 300

const toInvocation = (fn: string): Invocation =>
  new Invocation(
    toJob('', { fn }),
    () => {},
    () => {}
  )

class Call implements DeferredCall {
  readonly queuedAt: number
  place: Reservation | undefined
  constructor(
    readonly owner = 'a',
    queuedAt?: number
  ) {
    this.queuedAt = queuedAt ?? performance.now()
  }
  admit(place: Reservation) {
    this.place = place
  }
  reject() {}
  onGone() {}
}

t.test(
  'nothing that waits is lost, given twice or counted wrong, whatever comes and goes',
  async () => {
    const owner = fc.constantFrom('a', 'b', 'c')
    const steps = fc.array(
      fc.record({
        does: fc.constantFrom(
          'push',
          'park',
          'drain',
          'offer',
          'enter',
          'made',
          'left',
          'given up',
          'expire',
          'clear',
          'put back',
          'hang up'
        ),
        owner,
        count: fc.integer({ min: 1, max: 150 })
      }),
      { maxLength: 60 }
    )
    fc.assert(
      fc.property(steps, steps => {
        const queue = new FairQueue(LIMIT)
        const inside = new Set<Invocation | Call>()
        const taken: Invocation[] = []
        const entered: Call[] = []
        const check = (holds: boolean, what: string): void => {
          if (!holds) throw new Error(what)
        }
        const leave = (item: Waiting | undefined) => {
          if (item !== undefined) {
            check(inside.delete(item as Invocation | Call), 'given twice, or never there')
          }
        }
        for (const { does, owner, count } of steps) {
          if (does === 'push' || does === 'park') {
            for (let i = 0; i < count; i++) {
              const item = does === 'push' ? toInvocation(owner) : new Call(owner)
              inside.add(item)
              leave(
                item instanceof Invocation
                  ? queue.push(owner, item)
                  : queue.pushDeferred(owner, item)
              )
            }
          } else if (does === 'drain' || does === 'offer') {
            let left = does === 'drain' ? count : count % 2
            const take = (run: Invocation): boolean => {
              if (left-- <= 0) return false
              leave(run)
              taken.push(run)
              return true
            }
            if (does === 'drain') queue.drain(take)
            else queue.offer(owner, take)
          } else if (does === 'enter') {
            queue.admitDeferred(count > 140)
            for (const item of inside) {
              if (item instanceof Call && item.place !== undefined && !entered.includes(item)) {
                entered.push(item)
              }
            }
          } else if (does === 'made' || does === 'left') {
            for (const call of entered.splice(0, count)) {
              const kept = call.place?.release() === true
              check(
                kept === inside.delete(call) && call.place?.release() === false,
                'a place is left once'
              )
              if (does === 'left') continue
              const run = toInvocation(call.owner)
              inside.add(run)
              if (kept) queue.pushReserved(call.owner, run)
              else leave(queue.push(call.owner, run))
            }
          } else if (does === 'given up') {
            queue.expireReservations(performance.now() + 1_000_000)
            for (const call of entered) inside.delete(call)
          } else if (does === 'hang up') {
            for (const item of [...inside].slice(-count)) {
              const waits = item instanceof Invocation || item.place === undefined
              check(
                queue.remove(item instanceof Invocation ? item.functionId : item.owner, item) ===
                  waits,
                'who waits can leave'
              )
              if (waits) leave(item)
              check(
                !queue.remove(item instanceof Invocation ? item.functionId : item.owner, item),
                'and leaves once'
              )
            }
          } else if (does === 'put back') {
            const run = taken.pop()
            if (run === undefined) continue
            inside.add(run)
            queue.requeue(run.functionId, [run])
          } else {
            ;(does === 'expire'
              ? queue.expire(performance.now() - 1)
              : does === 'clear'
                ? queue.clearInvocations()
                : []
            ).forEach(leave)
          }
          const calls = [...inside].filter(
            item => item instanceof Call && item.place === undefined
          ).length
          check(
            queue.size === inside.size && queue.deferredCount === calls,
            `${does}: counts ${queue.size} and ${queue.deferredCount}, has ${inside.size} and ${calls}`
          )
        }
        queue.clearDeferred().forEach(leave)
        queue.clearInvocations().forEach(leave)
        for (const call of entered) {
          call.place?.release()
          inside.delete(call)
        }
        check(
          inside.size === 0 && queue.size === 0 && !['a', 'b', 'c'].some(owner => queue.has(owner)),
          'something is left'
        )
      }),
      { numRuns: 500 }
    )
  }
)

t.test(
  'calls come in after the runs of their owner, the first first, as many as are near, and keep their places',
  async t => {
    const queue = new FairQueue(LIMIT)
    const pushed = Array.from({ length: 128 }, () => toInvocation('a'))
    t.notOk(queue.isBacklogged('a'))
    for (const run of pushed) queue.push('a', run)
    t.ok(queue.isBacklogged('a'))
    t.notOk(queue.isBacklogged('b'), 'who has none waiting need not wait for those of others')
    const calls = Array.from({ length: LIMIT - 128 }, () => new Call())
    for (const call of calls) queue.pushDeferred('a', call)
    queue.admitDeferred()
    t.same([queue.size, queue.deferredCount], [LIMIT, 172], 'none is near')
    let left = 30
    const drained: Invocation[] = []
    queue.drain(run => left-- > 0 && drained.push(run) > 0)
    t.same(drained, pushed.slice(0, 30))
    for (let i = 0; i < 2; i++) queue.admitDeferred()
    t.same(
      calls.map(({ place }) => place !== undefined),
      calls.map((_, i) => i < 30),
      'in their order, and not more while their runs are made'
    )
    t.same([queue.size, queue.deferredCount], [LIMIT - 30, 142])
    t.ok(queue.isBacklogged('a'), 'a later one does not overtake those that wait')
    while (queue.size < LIMIT) queue.pushDeferred('a', new Call())
    t.ok(queue.isFullFor('a'), 'their places are not free')
    const [first, second] = calls
    t.equal(first?.place?.release(), true)
    queue.pushReserved('a', toInvocation('a'))
    t.equal(second?.place?.release(), true)
    t.same(
      [queue.size, queue.isFullFor('a')],
      [LIMIT - 1, false],
      'one is a run now, one will be none'
    )
  }
)

t.test('owners share what is near', async t => {
  const queue = new FairQueue(10_000)
  for (const owner of Array.from({ length: 64 }, (_, i) => String(i))) {
    for (let i = 0; i < 4; i++) queue.push(owner, toInvocation(owner))
  }
  t.ok(queue.isBacklogged('0'), 'four of each are near when many wait')
  const call = new Call('0')
  queue.pushDeferred('0', call)
  queue.admitDeferred()
  t.equal(call.place, undefined)
})

t.test(
  'in a full queue the last call of the owner with most makes room for another owner',
  async t => {
    const queue = new FairQueue(LIMIT)
    const calls = Array.from({ length: LIMIT - 128 }, () => new Call('hog'))
    for (let i = 0; i < 128; i++) queue.push('hog', toInvocation('hog'))
    for (const call of calls) queue.pushDeferred('hog', call)
    const late = new Call('hog')
    t.equal(queue.pushDeferred('hog', late), late, 'a further one of it is refused')
    t.equal(queue.push('other', toInvocation('other')), calls.at(-1))
    t.equal(queue.pushDeferred('third', new Call('third')), calls.at(-2))
    t.same([queue.size, queue.deferredCount], [LIMIT, calls.length - 1])
  }
)
