/** When processes are started ahead of need, by tables. */
import t from 'tap'
import {
  maxStarting,
  mayStartAhead,
  PrewarmTarget,
  type Cores
} from '../../../sandbox/scheduler/prewarm-target.js'

const idle: Cores = { cores: 2, computing: 0, starting: 0, unbound: 0 }

const rows: ReadonlyArray<readonly [what: string, given: Partial<Cores>, expected: boolean]> = [
  ['where nothing runs', {}, true],
  ['a second one beside it, on an idle core', { starting: 1 }, true],
  ['no more than there are cores', { starting: 2 }, false],
  ['one beside a run that computes', { computing: 1, unbound: 1 }, true],
  ['none where the cores are taken', { computing: 2, unbound: 1 }, false],
  ['unless no process is unbound', { computing: 2 }, true],
  ['then one alone', { computing: 2, starting: 1 }, false]
]

t.test('a process that nobody waits for is started on an idle core', async t => {
  for (const [what, given, expected] of rows) {
    t.equal(mayStartAhead({ ...idle, ...given }), expected, what)
  }
})

t.test('starts that are waited for leave the cores to runs that compute', async t => {
  t.equal(maxStarting(2, 0), 3, 'one more than there are cores, where nothing computes')
  t.equal(maxStarting(2, 1), 1)
  t.equal(maxStarting(8, 3), 5)
  t.equal(maxStarting(2, 40), 1, 'never none')
})

t.test('as many are kept unbound as were taken lately', async t => {
  const target = new PrewarmTarget(false)
  t.equal(target.count, 1)
  for (let i = 0; i < 8; i++) target.noteTaken()
  t.equal(target.count, 5)
  for (let seconds = 0; seconds < 10; seconds++) target.decay()
  t.equal(target.count, 1, 'for a while')
})
