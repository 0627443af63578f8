import t from 'tap'
import { JobPace, WINDOW_MS, type Load } from '../../../plugins/jobs/pace.js'

/** A pace on a machine whose time and load the test decides. */
function open() {
  const machine = { now: 0, busy: 0 }
  const load: Load = {
    now: () => machine.now,
    utilization: () => ({ idle: 0, active: 0, utilization: machine.busy })
  }
  const pace = new JobPace(load)
  /** What may begin after a window with that load. */
  const after = (busy: number, { calls = 0, kept = 0 } = {}) => {
    machine.now += WINDOW_MS
    machine.busy = busy
    for (let i = 0; i < calls; i++) pace.noteCall()
    for (let i = 0; i < kept; i++) pace.noteKept()
    return pace.allowance()
  }
  return { pace, after }
}

t.test(
  'without calls, or with an event loop that has time, jobs begin as there is room',
  async t => {
    const { after } = open()
    t.equal(after(1), Infinity, 'only jobs keep it busy')
    t.equal(after(0.3, { calls: 1000 }), Infinity, 'calls do not')
    t.equal(after(1, { calls: 5 }), Infinity, 'few calls take little of it')
  }
)

t.test('beside many calls a part as many begin, and some whatever comes', async t => {
  const { pace, after } = open()
  t.equal(after(0.95, { calls: 1000 }), 30)
  pace.noteBegun(29)
  t.equal(pace.allowance(), 1)
  pace.noteBegun(1)
  t.equal(pace.allowance(), 0, 'until the next window')
  t.equal(after(0.95, { calls: 30 }), 10)
  t.equal(after(0.95, { kept: 400 }), 100, 'calls that are kept leave more')
  t.equal(after(0.95), Infinity, 'the calls have ended')
})
