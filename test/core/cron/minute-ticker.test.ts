import t from 'tap'
import { startMinuteTicker } from '../../../core/cron/minute-ticker.js'
import { createFakeClock } from '../../helpers/fake-clock.js'

const START = Date.parse('2026-01-10T10:00:20.500Z')
const MINUTE = 60_000

function ticking() {
  const clock = createFakeClock(START)
  const ticks: string[] = []
  const note = (mark: string) => (minute: number) => {
    ticks.push(
      `${mark}${new Date(minute).toISOString().slice(11, 16)} at ${new Date(clock.now()).toISOString().slice(11, 23)}`
    )
  }
  const stop = startMinuteTicker(clock, { onMinute: note(''), onSetBack: note('back to ') })
  return { clock, ticks, stop }
}

t.test('ticks at second 0 of each minute', async t => {
  const { clock, ticks } = ticking()
  await clock.pass(2 * MINUTE)
  t.same(ticks, ['10:01 at 10:01:00.000', '10:02 at 10:02:00.000'])
})

t.test('does not make up for minutes that a step forward jumped over', async t => {
  const { clock, ticks } = ticking()
  clock.set(START + 90 * MINUTE)
  await clock.pass(MINUTE)
  t.same(ticks, ['11:30 at 11:30:25.500', '11:31 at 11:31:00.000'], 'the one it lands in counts')
})

t.test('no minute ticks twice when the clock is set back a little', async t => {
  const { clock, ticks } = ticking()
  await clock.pass(MINUTE)
  clock.set(START - MINUTE)
  await clock.pass(3 * MINUTE)
  t.same(ticks, ['10:01 at 10:01:00.000', '10:02 at 10:02:00.000'])
})

t.test('goes on from the new time when the clock is set back far', async t => {
  const { clock, ticks } = ticking()
  clock.set(START - 120 * MINUTE)
  await clock.pass(MINUTE)
  t.same(ticks, ['back to 08:00 at 08:00:25.500', '08:01 at 08:01:00.000'])
})

t.test('ends', async t => {
  const { clock, ticks, stop } = ticking()
  stop()
  await clock.pass(5 * MINUTE)
  t.same(ticks, [])
})
