/** Which process ends for others, by tables: processes and what they are bound to are made up. */
import t from 'tap'
import type { SandboxProcess } from '../../../sandbox/process/sandbox-process.js'
import { Eviction } from '../../../sandbox/scheduler/eviction.js'
import type { VersionProcesses } from '../../../sandbox/scheduler/version-processes.js'

const NOW = 1_000_000
const MIB = 1024 ** 2
const HELD = 10 * MIB

interface Given {
  /** Calls lately, of a version with one idle process, by its name. */
  readonly idle?: Readonly<Record<string, number>>
  /** The same of versions whose only process is busy. */
  readonly busy?: Readonly<Record<string, number>>
  readonly runsSince?: number
  readonly idleSince?: number
  readonly unbound?: number
}

/** Gives the names of those that were ended, in order. */
function setUp({
  idle = {},
  busy = {},
  runsSince = NOW - 50,
  idleSince = NOW - 5,
  unbound = 0
}: Given) {
  const ended: string[] = []
  const versions = new Map<string, VersionProcesses>()
  const popularities = { ...idle, ...busy }
  const add = (name: string, isBusy: boolean): SandboxProcess => {
    const process = {
      bindingKey: name,
      startedAt: NOW - 10_000,
      idleSince,
      codeBytes: 1000,
      heldBytes: HELD,
      isUsedUp: false,
      invocations: isBusy ? [{ startedAt: runsSince }] : [],
      retire() {
        ended.push(name)
        process.isUsedUp = true
        if (!isBusy) versions.delete(name)
      },
      kill() {
        process.retire()
      }
    }
    const version = { idle: isBusy ? [] : [process], busy: isBusy ? [process] : [] }
    const popularity = { at: () => popularities[name] ?? 0 }
    versions.set(name, { ...version, popularity } as unknown as VersionProcesses)
    return process as unknown as SandboxProcess
  }
  for (const name of Object.keys(idle)) add(name, false)
  const eviction = new Eviction({
    versions,
    unbound: Array.from({ length: unbound }, () => ({}) as SandboxProcess),
    busy: new Set(Object.keys(busy).map(name => add(name, true))),
    popularityOf: name => popularities[name] ?? 0
  })
  return { eviction, ended }
}

t.test('memory is given back by those that are called least', async t => {
  const { eviction, ended } = setUp({ idle: { often: 5000, rarely: 2, never: 0 } })
  eviction.giveBack(2 * HELD, NOW)
  t.same(ended, ['never', 'rarely'])
})

t.test('who is called all the time keeps its last process while colder ones run', async t => {
  const { eviction, ended } = setUp({ idle: { often: 5000 }, busy: { a: 3, b: 1 } })
  eviction.giveBack(HELD, NOW)
  t.same(ended, ['a'], 'one of them ends with what it runs')
  eviction.giveBack(2 * HELD, NOW)
  t.same(ended, ['a', 'b', 'often'], 'with none of them left it does not keep it')
})

t.test('it does not keep it beside others that run for long, or are called as often', async t => {
  for (const given of [{ busy: { a: 3 }, runsSince: NOW - 5000 }, { busy: { a: 4000 } }]) {
    const { eviction, ended } = setUp({ idle: { often: 5000 }, ...given })
    eviction.giveBack(HELD, NOW)
    t.same(ended, ['often'])
  }
})

t.test('room for one that waits is made in the same way', async t => {
  const makeRoom = (given: Given, starting = 0): readonly string[] => {
    const { eviction, ended } = setUp({ idle: { often: 5000 }, ...given })
    t.equal(eviction.makeRoom(1, starting, NOW), ended.length > 0)
    return ended
  }
  t.same(makeRoom({}), ['often'], 'nothing else is there')
  t.same(makeRoom({}, 1), [], 'a process starts')
  t.same(makeRoom({ unbound: 1 }), [], 'one is unbound')
  t.same(makeRoom({ busy: { a: 1 } }), [], 'one will soon be idle')
  t.same(makeRoom({ busy: { a: 1 }, runsSince: NOW - 5000 }), ['often'], 'all others run for long')
})

t.test(
  'a process ends for one that nobody waits for when its function is not called now',
  async t => {
    const makeRoom = (calls: number, idleMs: number, unbound = 0): boolean => {
      const { eviction, ended } = setUp({ idle: { one: calls }, idleSince: NOW - idleMs, unbound })
      const isMade = eviction.makeRoomAhead(NOW)
      t.equal(ended.length, isMade ? 1 : 0)
      return isMade
    }
    t.notOk(makeRoom(1, 500))
    t.ok(makeRoom(1, 2000))
    t.notOk(makeRoom(1, 2000, 1), 'a second unbound one is worth less')
    t.notOk(makeRoom(200, 2000), 'called about twice a second until two seconds ago')
    t.ok(makeRoom(200, 20_000))
  }
)

t.test('room for a successor is only made by what is called less', async t => {
  const makeRoom = (idle: Given['idle']): readonly string[] => {
    const { eviction, ended } = setUp({ idle })
    t.equal(eviction.makeRoomForSuccessor(100, NOW), ended.length > 0)
    return ended
  }
  t.same(makeRoom({}), [])
  t.same(makeRoom({ own: 100 }), [])
  t.same(makeRoom({ own: 100, other: 90 }), ['other'])
})
