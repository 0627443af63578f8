/** Which idle process ends when room is needed: by tables, and by what share of calls finds a process over time. */
import t from 'tap'
import { Popularity, PopularityMemory } from '../../../sandbox/scheduler/popularity.js'
import { leastValuable, type IdleProcess } from '../../../sandbox/scheduler/retirement.js'

const NOW = 1_000_000
const MIB = 1024 ** 2

interface Idle extends IdleProcess {
  readonly name: string
}

const idle = (name: string, change: Partial<IdleProcess> = {}): Idle => ({
  name,
  startedAt: NOW - 10_000,
  idleSince: NOW - 5000,
  codeBytes: 1000,
  heldBytes: 15 * MIB,
  ...change
})

const version = (calls: number, processes: readonly Idle[], busy = 0) => ({
  idle: processes,
  busy: Array.from({ length: busy }),
  popularity: { at: () => calls }
})

const least = (...versions: Array<ReturnType<typeof version>>): string | undefined =>
  leastValuable(versions, NOW)?.name

t.test('the process that is worth least for what it holds ends first', async t => {
  t.equal(least(), undefined, 'none is idle')
  t.equal(least(version(9, [idle('often')]), version(2, [idle('rarely')])), 'rarely')
  const large = idle('large', { heldBytes: 90 * MIB })
  t.equal(least(version(3, [large]), version(2, [idle('small')])), 'large', 'by its memory')
  const expensive = idle('expensive', { codeBytes: 1_000_000 })
  t.equal(least(version(2, [expensive]), version(6, [idle('cheap')])), 'cheap', 'by its cost')
  const spare = idle('spare', { idleSince: NOW - 20_000 })
  t.equal(
    least(version(50, [spare, idle('first')]), version(4, [idle('other')])),
    'spare',
    'a further process of one version is worth less, and ever less while it is idle'
  )
  const young = idle('young', { startedAt: NOW - 1000 })
  t.equal(least(version(1, [young]), version(1, [idle('old')])), 'young', 'among equals the last')
})

t.test('popularity fades by half in a minute, and outlives the processes', async t => {
  const popularity = new Popularity()
  for (let i = 0; i < 8; i++) popularity.note(NOW)
  t.equal(popularity.at(NOW), 8)
  t.equal(popularity.at(NOW + 120_000), 2)
  const memory = new PopularityMemory()
  memory.keep('a', popularity)
  t.equal(memory.take('a'), popularity)
  t.equal(memory.take('a').at(NOW), 0, 'it is with its version now')
  memory.keep('first', popularity)
  for (let i = 0; i < 10_000; i++) memory.keep(`${i}`, popularity)
  t.equal(memory.take('first').at(NOW), 0, 'beyond ten thousand the first is forgotten')
})

/** Calls of functions by number, with room for `places` processes; gives the share that finds one. */
function hitRatio(calls: readonly number[], places: number, msBetween = 10): number {
  const pool = new Map<number, { idle: Idle[]; busy: never[]; popularity: Popularity }>()
  const memory = new PopularityMemory()
  let hits = 0
  let now = NOW
  for (const id of calls) {
    now += msBetween
    const known = pool.get(id)
    if (known !== undefined) hits++
    else if (pool.size >= places) {
      const victim = leastValuable(pool.values(), now)
      for (const [key, entry] of pool) {
        if (entry.idle[0] !== victim) continue
        memory.keep(String(key), entry.popularity)
        pool.delete(key)
      }
    }
    const popularity = known?.popularity ?? memory.take(String(id))
    popularity.note(now)
    const startedAt = known?.idle[0]?.startedAt ?? now
    pool.set(id, { idle: [idle(`${id}`, { startedAt, idleSince: now })], busy: [], popularity })
  }
  return hits / calls.length
}

t.test('more functions in turn than there are places: most keep theirs', async t => {
  const turns = Array.from({ length: 8000 }, (_, i) => i % 80)
  const ratio = hitRatio(turns, 60)
  t.ok(ratio > 0.6, `${ratio} of the calls find a process; the oldest going first gives none`)
})

t.test('a scan over many functions does not empty the pool', async t => {
  const hot = Array.from({ length: 3000 }, (_, i) => i % 50)
  const scan = Array.from({ length: 1000 }, (_, i) => 1000 + i)
  const after = Array.from({ length: 50 }, (_, i) => i)
  const before = hitRatio([...hot, ...scan], 60) * (hot.length + scan.length)
  const all = hitRatio([...hot, ...scan, ...after], 60) * (hot.length + scan.length + 50)
  t.equal(Math.round(all - before), 50, 'all fifty that were called often still have theirs')
})

t.test('what is called often now takes the place of what was', async t => {
  const first = Array.from({ length: 6000 }, (_, i) => i % 60)
  const second = Array.from({ length: 24_000 }, (_, i) => 100 + (i % 60))
  const before = hitRatio(first, 60) * first.length
  const both = hitRatio([...first, ...second], 60) * (first.length + second.length)
  const ratio = (both - before) / second.length
  t.ok(ratio > 0.5, `${ratio} of the calls of the new ones`)
})
