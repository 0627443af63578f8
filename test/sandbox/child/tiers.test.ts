import t from 'tap'
import { Busyness } from '../../../sandbox/child/tiers.js'

/** What is told of a process whose runs compute `ms` each, one every `everyMs`, for `forMs`. */
function watch (busyness: Busyness, ms: number, everyMs: number, fromMs: number, forMs: number): boolean {
  for (let now = fromMs; now < fromMs + forMs; now += everyMs) busyness.note(ms, now)
  return busyness.idle
}

t.test('a process counts as busy until it has been watched for a while', async t => {
  t.equal(watch(new Busyness(), 0.1, 10, 5000, 90), false)
  t.equal(watch(new Busyness(), 0.1, 10, 5000, 200), true)
})

t.test('many short runs keep a process busy, few do not', async t => {
  t.equal(watch(new Busyness(), 0.02, 0.1, 0, 1000), false)
  t.equal(watch(new Busyness(), 0.2, 12, 0, 1000), true)
})

t.test('an idle process becomes busy, and idle again', async t => {
  const busyness = new Busyness()
  t.equal(watch(busyness, 0.2, 12, 0, 1000), true)
  t.equal(watch(busyness, 0.05, 0.2, 60_000, 300), false, 'a burst after a minute of silence')
  t.equal(watch(busyness, 0.2, 12, 60_300, 500), true)
})

t.test('a process with one long run stays busy, however seldom it is called', async t => {
  const busyness = new Busyness()
  t.equal(watch(busyness, 0.2, 12, 0, 500), true)
  busyness.note(40, 1000)
  t.equal(busyness.idle, false)
  t.equal(watch(busyness, 0.2, 12, 1000, 1000), false)
})
