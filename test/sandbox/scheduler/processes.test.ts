/** How many processes a version gets, by what its runs do. */
import t from 'tap'
import { time } from '../../../plugins/lua/time/declaration.js'
import { eventually } from '../../helpers/eventually.js'
import { alive } from '../attack.js'
import { returning, startRig } from '../rig.js'
import { createGate, waiting } from './gate.js'

t.test(
  'a cold version that takes long to compile has one process, however many call it',
  async t => {
    const { scheduler, run } = await startRig(t, { settings: { SANDBOX_MAX: '12' } })
    const parts = Array.from(
      { length: 3000 },
      (_, i) => `p[${i}] = function (a) return a + ${i} end`
    )
    // Compiled and never called: runs that took long by themselves would be worth a second process.
    const slow = `local p = {}\nlocal function never()\n${parts.join('\n')}\nend`
    const code = `${slow}\nfunction handler() return { body = "x" } end`
    await run(returning('"other"'), { fn: 'other' })
    const results = await Promise.all(Array.from({ length: 16 }, () => run(code)))
    t.ok(results.every(({ fault }) => fault === undefined))
    const { busy, idle } = scheduler.counts()
    t.equal(busy + idle, 2, 'that of the other function, and one')
  }
)

t.test("runs that wait, asleep or for a host function, are in nobody's way", async t => {
  const gate = createGate()
  const { scheduler, run, body } = await startRig(t, {
    modules: [gate.module, time],
    settings: { SANDBOX_MAX: '20', SANDBOX_BUSY_MAX: '1' }
  })
  const waits = ['a', 'b', 'c'].map(name => run(waiting(name), { fn: name }))
  for (const name of ['a', 'b', 'c']) await gate.reached(name)
  const sleeps = ['d', 'e', 'f'].map(fn =>
    run('function handler() time.sleep(1500) return {} end', { fn })
  )
  await eventually(t, () => scheduler.counts().busy, 6, 'all six run at a time')
  t.equal(await body(returning('"in"'), { fn: 'other' }), 'in', 'and one that computes beside them')
  for (const name of ['a', 'b', 'c']) gate.open(name)
  for (const { fault } of await Promise.all([...waits, ...sleeps])) t.equal(fault, undefined)
})

t.test('a run that computes holds up others beyond SANDBOX_BUSY_MAX', async t => {
  const { scheduler, run } = await startRig(t, {
    settings: { SANDBOX_MAX: '20', SANDBOX_BUSY_MAX: '1' }
  })
  const order: string[] = []
  const note = (name: string) => () => {
    order.push(name)
  }
  const computes = 'function handler() local n = 0 for i = 1, 3e6 do n = n + i end return {} end'
  const first = run(computes, { fn: 'a' }).then(note('computes'))
  const second = run(returning('"b"'), { fn: 'b' }).then(note('waits'))
  t.equal(scheduler.counts().waiting, 1)
  await Promise.all([first, second])
  t.same(order, ['computes', 'waits'])
})

t.test('a function that is called all the time keeps its process beside many others', async t => {
  const { scheduler, run } = await startRig(t, { settings: { SANDBOX_MAX: '4' } })
  for (let i = 0; i < 200; i++) await run(returning('"often"'), { fn: 'often' })
  const before = scheduler.pids
  const names = Array.from({ length: 40 }, (_, i) => `other ${i}`)
  await Promise.all(names.map(fn => run(returning('"once"'), { fn })))
  const kept = scheduler.pids.filter(pid => before.includes(pid))
  t.equal(kept.length, 1, 'all the others have gone')
})

t.test('it keeps it also while all other processes run something short', async t => {
  const { scheduler, run } = await startRig(t, { modules: [time], settings: { SANDBOX_MAX: '4' } })
  for (let i = 0; i < 200; i++) await run(returning('"often"'), { fn: 'often' })
  const before = scheduler.pids
  const sleeps = 'function handler() time.sleep(150) return {} end'
  const names = Array.from({ length: 12 }, (_, i) => `other ${i}`)
  await Promise.all(names.map(fn => run(sleeps, { fn })))
  t.equal(scheduler.pids.filter(pid => before.includes(pid)).length, 1)
})

t.test('it gives it up for others when all other processes run for long', async t => {
  const { run, body } = await startRig(t, { modules: [time], settings: { SANDBOX_MAX: '4' } })
  for (let i = 0; i < 200; i++) await run(returning('"often"'), { fn: 'often' })
  const sleeps = 'function handler() time.sleep(20000) return {} end'
  const long = ['a', 'b', 'c'].map(fn => run(sleeps, { fn }))
  t.equal(await Promise.race([body(returning('"in"'), { fn: 'cold' }), ...long]), 'in')
})

t.test('a function that is called often has a successor before its process is used up', async t => {
  const { scheduler, run } = await startRig(t, { settings: { SANDBOX_MAX_INVOCATIONS: '100' } })
  const replaced = (): number => scheduler.exitCounts().retired ?? 0
  for (let calls = 0; replaced() < 3 && calls < 1000; calls++) {
    t.equal((await run(returning('"often"'))).fault, undefined)
    const isReady = (): boolean => scheduler.counts().unbound > 0 && scheduler.counts().idle > 0
    await eventually(
      t,
      isReady,
      true,
      'the next call finds a process, and that another one behind it'
    )
  }
  t.equal(replaced(), 3)
})

t.test('one that lost its process gets another before all that wait in turn', async t => {
  const { scheduler, run } = await startRig(t, { settings: { SANDBOX_MAX: '4' } })
  for (let i = 0; i < 200; i++) await run(returning('"often"'), { fn: 'often' })
  const [own] = scheduler.pids
  const order: string[] = []
  const call = async (fn: string): Promise<void> => {
    await run(returning('"often"'), { fn })
    order.push(fn)
  }
  const others = Array.from({ length: 40 }, (_, i) => call(`other ${i}`))
  if (own !== undefined) process.kill(own, 'SIGKILL')
  await eventually(t, () => scheduler.pids.includes(own ?? 0), false)
  await Promise.all([...others, call('often')])
  const [before, at] = [order.length, order.indexOf('often')]
  t.equal(before, 41)
  t.ok(at < 30, `the call is answered as number ${at + 1} of ${before}`)
})

t.test('no process is left over when the pool stops in the midst of starts and ends', async t => {
  const { scheduler, run } = await startRig(t, { settings: { SANDBOX_MAX: '4' } })
  const seen = new Set(scheduler.pids)
  const calls = Array.from({ length: 24 }, async (_, i) => {
    await run(returning('"x"'), { fn: `function ${i}` }).catch(() => {})
    for (const pid of scheduler.pids) seen.add(pid)
  })
  const isMidst = (): boolean => seen.size > 4 && scheduler.counts().starting > 0
  await eventually(t, isMidst, true, 'some have ended, and some start')
  for (const pid of scheduler.pids) seen.add(pid)
  await scheduler.stop(0)
  await Promise.all(calls)
  t.same(scheduler.pids, [])
  await eventually(t, () => [...seen].filter(alive), [], 'all have gone')
})
