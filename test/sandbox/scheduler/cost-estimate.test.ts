import t from 'tap'
import { CostEstimate } from '../../../sandbox/scheduler/cost-estimate.js'

const after = (...runs: Array<[busyMs: number, waitMs: number, calls: number]>): CostEstimate => {
  const cost = new CostEstimate()
  for (const run of runs) cost.observe(...run)
  return cost
}
const times = (count: number, run: [number, number, number]) =>
  Array.from({ length: count }, () => run)

t.test('short runs share a process, tiny ones one', async t => {
  t.match(after(...times(3, [0.1, 0, 0])), { isCheap: true, isTrivial: true, isIoBound: false })
  t.match(after(...times(3, [2, 0, 0])), { isCheap: true, isTrivial: false })
  t.match(
    after(...times(2, [0.1, 0, 0])),
    { isCheap: false, isTrivial: false },
    'two runs say nothing yet'
  )
  t.match(after(...times(3, [20, 0, 0])), { isCheap: false, isTrivial: false, isIoBound: false })
})

t.test('a run that waits for host functions is not tiny, however short', async t => {
  t.match(after(...times(3, [0.1, 0.01, 1])), { isCheap: true, isTrivial: false })
})

t.test('runs that mostly wait are told apart from those that compute', async t => {
  t.match(after(...times(3, [0.1, 100, 1])), { isCheap: false, isIoBound: true })
})

t.test('one long run among short ones changes nothing, many do', async t => {
  t.match(after(...times(10, [0.1, 0, 0]), [300, 0, 0]), { isCheap: true, isTrivial: false })
  t.match(after(...times(10, [0.1, 0, 0]), ...times(30, [300, 0, 0])), { isCheap: false })
})

t.test(
  'a run that cost its process keeps others out of the pipe for some twenty short ones',
  async t => {
    const cost = after(...times(10, [0.1, 0, 0]))
    cost.observeCrash()
    t.equal(cost.isCheap, false)
    for (let i = 0; i < 25; i++) cost.observe(0.1, 0, 0)
    t.equal(cost.isCheap, true)
  }
)
