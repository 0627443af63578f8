import t from 'tap'
import type { AlertRule } from '../../../core/contracts/alerts.js'
import { RuleWatch, type Change } from '../../../plugins/alerts/rule-watch.js'
import { MINUTE, NOW, recordWith } from '../../helpers/alert-record.js'

const watchOf = (change: Partial<AlertRule> = {}) => new RuleWatch(recordWith(change), NOW)

/** What was told, as `firing 3` or `ok 3`. */
const told = (change: Change | undefined): string | undefined =>
  change?.telling && `${change.telling.status} ${change.telling.count}`

t.test('a storm is told once, and its end once', async t => {
  const watch = watchOf()
  const tellings: Array<string | undefined> = []
  for (let i = 0; i < 1000; i++) tellings.push(told(watch.note(NOW + i, {})))
  t.same(tellings.filter(Boolean), ['firing 1'])
  t.equal(watch.tick(NOW + 4 * MINUTE), undefined, 'it is not over before its window is')
  t.equal(told(watch.tick(NOW + 5 * MINUTE + 2000)), 'ok 1000')
  t.match(watch.state, { isFiring: false, since: NOW + 5 * MINUTE + 2000 })
  t.equal(watch.tick(NOW + 90 * MINUTE), undefined)
})

t.test('below the threshold nothing is told, and old events do not count', async t => {
  const watch = watchOf({ threshold: 3 })
  for (const minute of [0, 1, 6, 7, 12]) {
    t.equal(watch.note(NOW + minute * MINUTE, {}), undefined)
  }
  watch.note(NOW + 13 * MINUTE, {})
  t.equal(told(watch.note(NOW + 14 * MINUTE, {})), 'firing 3')
})

t.test('what goes on is told again after repeat_minutes, and only when there is more', async t => {
  const watch = watchOf({ repeatMinutes: 10, windowMinutes: 30 })
  t.equal(told(watch.note(NOW, {})), 'firing 1')
  t.equal(told(watch.note(NOW + 9 * MINUTE, {})), undefined)
  t.equal(told(watch.tick(NOW + 9.5 * MINUTE)), undefined)
  t.equal(told(watch.tick(NOW + 10 * MINUTE)), 'firing 2', 'held back until then')
  t.equal(watch.tick(NOW + 25 * MINUTE), undefined, 'nothing new')
  t.equal(told(watch.note(NOW + 26 * MINUTE, {})), 'firing 3')
})

t.test(
  'what comes back within repeat_minutes waits, and if it is over by then, is silent',
  async t => {
    const watch = watchOf({ repeatMinutes: 60, windowMinutes: 1 })
    t.equal(told(watch.note(NOW, {})), 'firing 1')
    t.equal(told(watch.tick(NOW + 2 * MINUTE)), 'ok 1')
    const again = watch.note(NOW + 3 * MINUTE, {})
    t.match(again?.state, { isFiring: true }, 'it shows')
    t.equal(told(again), undefined, 'and is not told')
    t.equal(told(watch.tick(NOW + 5 * MINUTE)), undefined, 'nor is its end')
    t.equal(watch.state.isFiring, false)
    watch.note(NOW + 59.5 * MINUTE, {})
    t.equal(told(watch.tick(NOW + 60 * MINUTE)), 'firing 1', 'it is when the time is over')
  }
)

t.test('a restart keeps what fires and what was told, and lets it recover', async t => {
  const first = watchOf()
  first.note(NOW, {})
  const second = new RuleWatch({ ...recordWith(), state: first.state }, NOW + MINUTE)
  t.equal(told(second.note(NOW + 2 * MINUTE, {})), undefined, 'it was told before')
  t.equal(told(second.tick(NOW + 8 * MINUTE)), 'ok 2')
  const third = new RuleWatch({ ...recordWith(), state: first.state }, NOW + MINUTE)
  t.equal(third.tick(NOW + 5 * MINUTE), undefined)
  t.equal(told(third.tick(NOW + 7 * MINUTE)), 'ok 1', 'also without another event')
})

t.test('a clock that is set back or forward silences no rule', async t => {
  const HOUR = 60 * MINUTE
  const watch = watchOf({ repeatMinutes: 10 })
  t.equal(told(watch.note(NOW + 1000 * HOUR, {})), 'firing 1')
  watch.tick(NOW)
  t.equal(watch.state.isFiring, true)
  t.equal(told(watch.tick(NOW + 6 * MINUTE)), 'ok 1', 'it recovers in its window')
  watch.note(NOW + 7 * MINUTE, {})
  t.equal(told(watch.note(NOW + 11 * MINUTE, {})), 'firing 2', 'and tells trouble again')
  t.equal(told(watch.tick(NOW + 3000 * HOUR)), 'ok 2')
})

t.test('a measured rule fires while it is so', async t => {
  const watch = watchOf({ on: 'disk_low', repeatMinutes: 10 })
  t.equal(watch.measure(NOW, undefined), undefined)
  t.equal(told(watch.measure(NOW, {})), 'firing 1')
  t.equal(told(watch.measure(NOW + MINUTE, {})), undefined)
  t.equal(watch.tick(NOW + 9 * MINUTE), undefined)
  t.equal(told(watch.measure(NOW + 10 * MINUTE, {})), 'firing 3')
  t.equal(told(watch.measure(NOW + 11 * MINUTE, undefined)), 'ok 3')
  t.equal(watch.measure(NOW + 12 * MINUTE, undefined), undefined)
})
