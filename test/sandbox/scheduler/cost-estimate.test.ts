import t from 'tap'
import { Pace } from '../../../sandbox/scheduler/cost-estimate.js'

const after = (...runs: Array<[busyMs: number, waitMs: number, calls: number]>): Pace => {
  const pace = new Pace()
  for (const run of runs) pace.note(...run)
  return pace
}
const times = (count: number, run: [number, number, number]) =>
  Array.from({ length: count }, () => run)

t.test('short runs share a process, tiny ones one', async t => {
  t.match(after(...times(3, [0.1, 0, 0])), { isShort: true, isTiny: true, isWaiting: false })
  t.match(after(...times(3, [2, 0, 0])), { isShort: true, isTiny: false })
  t.match(
    after(...times(2, [0.1, 0, 0])),
    { isShort: false, isTiny: false },
    'two runs say nothing yet'
  )
  t.match(after(...times(3, [20, 0, 0])), { isShort: false, isTiny: false, isWaiting: false })
})

t.test('a run that waits for host functions is not tiny, however short', async t => {
  t.match(after(...times(3, [0.1, 0.01, 1])), { isShort: true, isTiny: false })
})

t.test('runs that mostly wait are told apart from those that compute', async t => {
  t.match(after(...times(3, [0.1, 100, 1])), { isShort: false, isWaiting: true })
})

t.test('one long run among short ones changes nothing, many do', async t => {
  t.match(after(...times(10, [0.1, 0, 0]), [300, 0, 0]), { isShort: true, isTiny: false })
  t.match(after(...times(10, [0.1, 0, 0]), ...times(30, [300, 0, 0])), { isShort: false })
})

t.test(
  'a run that cost its process keeps others out of the pipe for some twenty short ones',
  async t => {
    const pace = after(...times(10, [0.1, 0, 0]))
    pace.penalize()
    t.equal(pace.isShort, false)
    for (let i = 0; i < 25; i++) pace.note(0.1, 0, 0)
    t.equal(pace.isShort, true)
  }
)
