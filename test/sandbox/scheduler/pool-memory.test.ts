/** Idle processes stay while their memory lasts, with real processes. */
import t from 'tap'
import { availableBytes, privateBytes } from '../../../sandbox/process/private-memory.js'
import type { SandboxProcess } from '../../../sandbox/process/sandbox-process.js'
import { PoolMemory } from '../../../sandbox/scheduler/pool-memory.js'
import { eventually } from '../../helpers/eventually.js'
import { returning, startRig } from '../rig.js'

const MIB = 1024 ** 2

t.test('what a process holds for itself is read from the kernel', async t => {
  const own = privateBytes(process.pid) ?? 0
  t.ok(own > 8 * MIB && own < process.memoryUsage.rss(), `${own}`)
  t.equal(privateBytes(2 ** 30), undefined, 'of a process that does not exist')
  t.ok(availableBytes() > 0)
})

t.test('idle processes are bounded by SANDBOX_POOL_MEMORY, not by their number', async t => {
  const { scheduler, body } = await startRig(t, {
    settings: { SANDBOX_MAX: '100', SANDBOX_POOL_MEMORY: '96MiB' }
  })
  // The only one that there is: the first function is bound to it.
  const [first = 0] = scheduler.pids
  const often = returning('"often"')
  for (let i = 0; i < 20; i++) await body(often, { fn: 'often' })
  for (let i = 0; i < 16; i++) {
    t.equal(await body(returning(`"${i}"`), { fn: `f${i}` }), String(i), 'each is answered')
  }
  const held = () =>
    scheduler.pids.reduce((sum, pid) => sum + (privateBytes(pid) ?? 0), 0) <= 96 * MIB
  await eventually(t, held, true, 'what they hold is measured, and those beyond it end')
  t.ok(scheduler.pids.length >= 4, `${scheduler.pids.length} processes`)
  t.ok(scheduler.pids.includes(first), 'the function that is called often kept its process')
})

t.test('a pool of no more processes than are always let be gives nothing back', async t => {
  const processes = new Set<SandboxProcess>()
  const memory = new PoolMemory(processes, 0, () => Infinity)
  const add = () => {
    // Larger than a sandbox, so that all together hold more than so many average ones.
    const own = { heldBytes: 0, hasExited: false, isReady: true, pid: process.pid }
    processes.add(own as SandboxProcess)
    memory.add(own as SandboxProcess)
  }
  for (let i = 0; i < 4; i++) add()
  t.ok(memory.measure([]) <= 0)
  add()
  t.ok(memory.measure([]) > 0, 'one more')
})

t.test('while the machine is short of memory, idle processes end and none are started', async t => {
  let available = Infinity
  const processes = new Set<SandboxProcess>()
  const memory = new PoolMemory(processes, 1024 * MIB, () => available)
  const add = () => {
    const process = { heldBytes: 0, hasExited: false, isReady: false } as SandboxProcess
    processes.add(process)
    memory.add(process)
  }
  for (let i = 0; i < 10; i++) add()
  t.ok(memory.measure([]) <= 0, 'there is enough')
  t.ok(memory.capacity > 10)
  available = 0
  t.ok(memory.measure([]) > 0, 'that much is to be given back')
  t.equal(memory.capacity, 10)
  t.ok(memory.isFull)
  available = Infinity
  t.ok(memory.measure([]) <= 0)
  t.notOk(memory.isFull)
})
