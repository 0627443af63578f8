/**
 * The table alone, beside a map: random operations on both must always show the same. FUZZ_SEED=… takes other
 * operations, FUZZ_TABLES=… more of them.
 */
import t from 'tap'
import { iterateNext, openAccount, Table } from './load.js'
import { seededRandom } from './random-programs/random.js'
import type { Random } from './random-programs/random.js'

type Key = string | number | boolean | object
type Model = Map<Key, number>
type AnyTable = InstanceType<typeof Table>
type LuaKey = Parameters<AnyTable['set']>[0]

const TABLES = Number(process.env.FUZZ_TABLES ?? 12000)
const OPERATIONS = 200
const OBJECTS = [new Table(), new Table(), new Table()]
const HINTS = new Int32Array(4)

const normal = (key: Key): Key => (key === 0 ? 0 : key)
const lua = (key: Key | undefined): LuaKey => key as LuaKey

/** Keys as programs have them: mostly short lists with holes, names, and a few of everything else. */
function randomKey(random: Random, spread: number): Key {
  switch (random.below(12)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
      return 1 + random.below(spread)
    case 5:
    case 6:
      return 'k' + String(random.below(spread))
    case 7:
      return random.pick([0, -0, -1, 0.5, 2 ** 31, 2 ** 32, 2 ** 53, 1e300, Infinity, -Infinity])
    case 8:
      return random.pick([true, false, ...OBJECTS])
    case 9:
      return random.pick(['__index', '__newindex', '', '1', 'x'])
    default:
      return 1 + random.below(4)
  }
}

function write(
  table: AnyTable,
  model: Model,
  key: Key,
  value: number | undefined,
  random: Random
): void {
  if (typeof key === 'string' && random.below(2) === 0) table.setField(key, value)
  else table.set(lua(key), value)
  if (value === undefined) model.delete(normal(key))
  else model.set(normal(key), value)
}

/** The keys that a walk meets; on the way fields that are there are cleared and given other values. */
function walk(table: AnyTable, model: Model, random: Random, clearing: number): string | undefined {
  const expected = new Set(model.keys())
  const stack: LuaKey[] = [undefined, undefined, undefined]
  const hint = random.below(HINTS.length)
  const byLoop = random.below(2) === 0
  for (let key: LuaKey, steps = 0; ; steps++) {
    if (steps > 4 * OPERATIONS) return 'the walk does not end'
    if (byLoop) {
      stack[0] = key
      iterateNext(table, stack, 0, HINTS, hint)
      key = stack[1]
    } else key = table.next(key)?.[0]
    if (key === undefined) break
    const met = key as Key
    if (!expected.delete(met)) return `the walk met ${String(met)} again, or after it was cleared`
    if (Object.is(met, -0)) return 'the walk met minus zero'
    if (random.below(100) < clearing) write(table, model, met, undefined, random)
    else if (random.below(4) === 0) write(table, model, met, random.below(9), random)
    if (random.below(10) === 0 && model.size > 0) {
      const other = random.pick([...model.keys()])
      write(table, model, other, undefined, random)
      expected.delete(other)
    }
  }
  return expected.size === 0
    ? undefined
    : `the walk left out ${[...expected].map(String).join(', ')}`
}

function construct(table: AnyTable, model: Model, random: Random): void {
  const offset = random.below(4) * 5
  const values = Array.from({ length: random.below(12) }, () =>
    random.below(3) === 0 ? undefined : random.below(9)
  )
  table.setList([undefined, ...values], 0, values.length, offset)
  values.forEach((value, i) => {
    if (value === undefined) model.delete(offset + i + 1)
    else model.set(offset + i + 1, value)
  })
}

function removeItem(table: AnyTable, model: Model, random: Random): void {
  const length = table.length()
  if (length === 0) return
  const at = 1 + random.below(length)
  table.removeItem(at)
  for (let i = at; i <= length; i++) {
    const next = i === length ? undefined : model.get(i + 1)
    if (next === undefined) model.delete(i)
    else model.set(i, next)
  }
}

/** What table and model do not agree on, if anything. */
function compare(table: AnyTable, model: Model): string | undefined {
  for (const [key, value] of model) {
    if (table.get(lua(key)) !== value) {
      return `${String(key)} is ${String(table.get(lua(key)))}, not ${value}`
    }
  }
  const entries = [...table.entries()]
  if (entries.length !== model.size) return `it has ${entries.length} entries, not ${model.size}`
  const length = table.length()
  if (length !== 0 && !model.has(length)) {
    return `its length ${length} is no border: nothing is there`
  }
  return model.has(length + 1) ? `its length ${length} is no border: there is one more` : undefined
}

function play(seed: number): string | undefined {
  const random = seededRandom(seed)
  const table = new Table()
  const model: Model = new Map()
  const spread = random.pick([4, 12, 60])
  const clearing = random.pick([0, 30, 100])
  for (let i = 0; i < OPERATIONS; i++) {
    let problem: string | undefined
    const choice = random.below(100)
    if (choice < 70) {
      write(
        table,
        model,
        randomKey(random, spread),
        random.below(4) === 0 ? undefined : random.below(9),
        random
      )
    } else if (choice < 80) write(table, model, table.length() + 1, random.below(9), random)
    else if (choice < 84) write(table, model, Math.max(1, table.length()), undefined, random)
    else if (choice < 88) removeItem(table, model, random)
    else if (choice < 91) problem = walk(table, model, random, clearing)
    else if (choice === 91) construct(table, model, random)
    else {
      const key = randomKey(random, spread)
      if (table.get(lua(key)) !== model.get(normal(key))) {
        problem = `${String(key)} is ${String(table.get(lua(key)))}`
      }
    }
    if (i % 8 === 0) problem ??= compare(table, model)
    if (problem !== undefined) return `seed ${seed}, operation ${i}: ${problem}`
  }
  return undefined
}

t.test(
  'a table shows what a map shows over millions of operations, also while it is walked',
  async t => {
    openAccount(2 ** 40)
    const seed = Number(process.env.FUZZ_SEED ?? 20261122)
    const problems: string[] = []
    for (let i = 0; i < TABLES && problems.length < 3; i++) {
      const problem = play(seed + i)
      if (problem !== undefined) problems.push(problem)
    }
    t.strictSame(problems, [])
  }
)
