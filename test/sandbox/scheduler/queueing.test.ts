import { availableParallelism } from 'node:os'
import t from 'tap'
import { Nil } from '../../../core/lua/types/declare.js'
import { host, luaModule } from '../../../core/lua/module.js'
import { eventually } from '../../helpers/eventually.js'
import { createGate, waiting } from './gate.js'
import { returning, startRig, toJob } from '../rig.js'

t.test('beyond QUEUE_LIMIT a call is refused with QUEUE_FULL and Retry-After', async t => {
  const gate = createGate()
  const { scheduler, run } = await startRig(t, {
    modules: [gate.module],
    settings: { SANDBOX_MAX: '1', QUEUE_LIMIT: '1' }
  })
  const first = run(waiting('a'))
  await gate.reached('a')
  const second = run(returning('"b"'), { fn: 'g' })
  await t.rejects(run(returning('"c"'), { fn: 'h' }), {
    code: 'QUEUE_FULL',
    statusCode: 503,
    headers: { 'Retry-After': '1' },
    message: /QUEUE_LIMIT is 1/
  })
  gate.open('a')
  t.equal((await first).fault, undefined)
  t.equal((await second).fault, undefined)
  t.equal(scheduler.counts().waiting, 0)
})

t.test(
  'a full queue makes room for a function with fewer calls in it than its share, and refuses the last of the one with most',
  async t => {
    const gate = createGate()
    const { scheduler, run } = await startRig(t, {
      modules: [gate.module],
      settings: { SANDBOX_MAX: '1', QUEUE_LIMIT: '4' }
    })
    const first = run(waiting('first'), { fn: 'x' })
    await gate.reached('first')
    const hog = Array.from({ length: 4 }, (_, i) =>
      run(returning(`"${i}"`), { fn: 'hog' }).then(
        () => 'ran',
        (error: { code: string }) => error.code
      )
    )
    t.match(
      scheduler.admission.rejection('hog'),
      { code: 'QUEUE_FULL' },
      'known before the job is made'
    )
    t.equal(scheduler.admission.rejection('other'), undefined)
    const others = [run(returning('"a"'), { fn: 'other' }), run(returning('"b"'), { fn: 'other' })]
    t.match(scheduler.admission.rejection('other'), { code: 'QUEUE_FULL' }, 'now it has its share')
    await t.rejects(run(returning('"c"'), { fn: 'other' }), { code: 'QUEUE_FULL' })
    gate.open('first')
    t.equal((await first).fault, undefined)
    for (const other of others) t.equal((await other).fault, undefined)
    t.same(await Promise.all(hog), ['ran', 'ran', 'QUEUE_FULL', 'QUEUE_FULL'])
  }
)

t.test(
  'a version with as many processes that get on as there are cores takes no more, however long the queue',
  async t => {
    const { scheduler, run } = await startRig(t, {
      settings: { SANDBOX_MAX: '16', SANDBOX_MAX_INVOCATIONS: '1000000' }
    })
    const code = returning('"x"')
    for (let i = 0; i < 20; i++) await run(code)
    const results = await Promise.all(Array.from({ length: 900 }, () => run(code)))
    t.ok(results.every(({ fault }) => fault === undefined))
    const { busy, idle } = scheduler.counts()
    t.ok(busy + idle <= availableParallelism() + 1, `${busy + idle} processes`)
  }
)

t.test('after QUEUE_TIMEOUT a call is refused and the others go on', async t => {
  const gate = createGate()
  const { run } = await startRig(t, {
    modules: [gate.module],
    settings: { SANDBOX_MAX: '1', QUEUE_TIMEOUT: '1' }
  })
  const first = run(waiting('a'))
  await gate.reached('a')
  await t.rejects(run(returning('"b"'), { fn: 'g' }), {
    code: 'QUEUE_TIMEOUT',
    statusCode: 503,
    message: /QUEUE_TIMEOUT; SANDBOX_MAX is 1/
  })
  gate.open('a')
  t.equal((await first).fault, undefined)
})

t.test('one busy function cannot keep the others out', async t => {
  const gate = createGate()
  const { scheduler, run, body } = await startRig(t, {
    modules: [gate.module],
    settings: { SANDBOX_MAX: '4' }
  })
  const hog = Array.from({ length: 20 }, (_, i) =>
    run('function handler(_, event) gate.wait(event.body) return {} end', {
      fn: 'hog',
      event: { body: Buffer.from(String(i)) }
    })
  )
  await Promise.all([gate.reached('0'), gate.reached('1'), gate.reached('2')])
  t.equal(scheduler.counts().busy, 3, 'the hog gets most of the pool')
  t.equal(await body(returning('"in"'), { fn: 'other' }), 'in', 'another function finds room')
  // Those that waited behind another run may come in another order.
  for (let i = 0; i < 20; i++) {
    await eventually(t, () => gate.order.length > i, true, `run ${i + 1} of the hog begins`)
    gate.open(gate.order[i]!)
  }
  for (const { fault } of await Promise.all(hog)) t.equal(fault, undefined)
})

t.test('functions take turns in the queue', async t => {
  const gate = createGate()
  const { run } = await startRig(t, { modules: [gate.module], settings: { SANDBOX_MAX: '1' } })
  const first = run(waiting('first'), { fn: 'x' })
  await gate.reached('first')
  const names = ['a1', 'a2', 'a3', 'b1', 'c1']
  const runs = names.map(name => run(waiting(name), { fn: name.slice(0, 1) }))
  gate.open('first')
  for (const name of ['a1', 'b1', 'c1', 'a2', 'a3']) {
    await gate.reached(name)
    gate.open(name)
  }
  await Promise.all([first, ...runs])
  t.same(gate.order, ['first', 'a1', 'b1', 'c1', 'a2', 'a3'])
})

t.test('what waits behind a run that turns out slow is run elsewhere, once', async t => {
  const gate = createGate()
  let counted = 0
  const count = luaModule('count', {
    doc: 'Counts.',
    functions: {
      up: host({
        doc: 'Counts.',
        params: [],
        returns: Nil,
        example: 'return {}',
        run() {
          counted++
          return undefined
        }
      })
    }
  })
  const { run } = await startRig(t, {
    modules: [gate.module, count],
    settings: { SANDBOX_MAX: '4' }
  })
  const code =
    'function handler(_, event) if event.body == "slow" then gate.wait("slow") else count.up() end return {} end'
  for (let i = 0; i < 20; i++) await run(code)
  const slow = run(code, { event: { body: Buffer.from('slow') } })
  await gate.reached('slow')
  counted = 0
  const behind = await Promise.all([run(code), run(code), run(code)])
  t.same(
    behind.map(({ fault }) => fault),
    [undefined, undefined, undefined],
    'they do not wait for the slow one'
  )
  gate.open('slow')
  t.equal((await slow).fault, undefined)
  t.equal((await run(code)).fault, undefined)
  t.equal(counted, 4, 'each counted once, although the first process runs its copies too')
})

t.test(
  'a process serves one version only, and no more runs than SANDBOX_MAX_INVOCATIONS',
  async t => {
    const { scheduler, body } = await startRig(t, {
      settings: { SANDBOX_MAX: '4', SANDBOX_MAX_INVOCATIONS: '3' }
    })
    const used = new Set<number>()
    for (let i = 0; i < 9; i++) {
      t.equal(await body(returning('tostring(leak)'), { fn: 'f' }), 'nil')
      for (const pid of scheduler.pids) used.add(pid)
    }
    t.ok(used.size >= 4, `${used.size} processes for 9 runs`)
  }
)

t.test('with SANDBOX_MAX_INVOCATIONS=1 every run has a process of its own', async t => {
  const { scheduler, run } = await startRig(t, { settings: { SANDBOX_MAX_INVOCATIONS: '1' } })
  const results = await Promise.all(Array.from({ length: 10 }, () => run(returning('"x"'))))
  t.ok(results.every(({ fault }) => fault === undefined))
  t.equal(scheduler.counts().idle, 0)
})

t.test('idle processes end after SANDBOX_IDLE_SECONDS, but a blank one stays ready', async t => {
  const { scheduler, body } = await startRig(t, { settings: { SANDBOX_IDLE_SECONDS: '1' } })
  await body(returning('"x"'))
  await eventually(t, () => scheduler.counts().idle, 0)
  await eventually(t, () => scheduler.counts().unbound > 0, true, 'a blank one is ready')
  t.equal(scheduler.counts().busy, 0)
})

t.test('a new version takes the place of one that is idle when all places are taken', async t => {
  const { scheduler, body } = await startRig(t, { settings: { SANDBOX_MAX: '2' } })
  for (let i = 0; i < 6; i++) t.equal(await body(returning(`"${i}"`), { fn: `f${i}` }), String(i))
  t.ok(scheduler.pids.length <= 2)
})

t.test('stop lets what runs end, refuses what is new, and kills after the grace time', async t => {
  const gate = createGate()
  const { scheduler, run } = await startRig(t, { modules: [gate.module] })
  const ends = run(waiting('ends'))
  const hangs = run(waiting('hangs'), { fn: 'g' })
  await Promise.all([gate.reached('ends'), gate.reached('hangs')])
  const stopped = scheduler.stop(3000)
  await t.rejects(scheduler.run(toJob(returning('1'))), { code: 'SERVER_STOPPING' })
  gate.open('ends')
  t.equal((await ends).fault, undefined)
  t.match(await hangs, {
    fault: { kind: 'stopped', message: 'the server was stopped before the execution ended' }
  })
  await stopped
  t.same(scheduler.pids, [])
})

t.test('a child that does not start is an error that tells what it said', async t => {
  await t.rejects(startRig(t, { program: '/no/such/program.cjs' }), {
    code: 'SANDBOX_START_FAILED',
    message: /does not start: .*program\.cjs/s
  })
})

t.test(
  'for a spare the second idle process of one function ends, not the only one of another',
  async t => {
    const gate = createGate()
    const { scheduler, run, body } = await startRig(t, {
      modules: [gate.module],
      settings: { SANDBOX_MAX: '4' }
    })
    const [first] = scheduler.pids
    t.equal(await body(returning('"rare"'), { fn: 'rare' }), 'rare', 'in the first process')
    const code =
      'function handler(ctx, event) gate.wait(event.body) return { body = event.body } end'
    const both = ['one', 'two'].map(name =>
      body(code, { fn: 'often', event: { body: Buffer.from(name) } })
    )
    for (const name of ['one', 'two']) await gate.reached(name)
    for (const name of ['one', 'two']) gate.open(name)
    t.same(await Promise.all(both), ['one', 'two'])
    t.equal((await run(returning('"new"'), { fn: 'new' })).fault, undefined)
    t.equal(scheduler.pids.length, 4, 'there is no room for a spare')
    await eventually(t, () => scheduler.counts().unbound, 1)
    t.ok(
      scheduler.pids.includes(first as number),
      'the process that was idle longest is the only one of its function'
    )
    t.equal(scheduler.counts().idle, 3)
  }
)
