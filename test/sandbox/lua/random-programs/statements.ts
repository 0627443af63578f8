/** Random statements, as a tree that the shrinker can cut. */
import { Expressions, LISTS, NUMBERS, TABLES, WORDS } from './expressions.js'

/** One statement: `tail` ends the block that `head` begins. */
export interface Statement {
  readonly head: string
  readonly body: readonly Statement[]
  readonly tail: string
}

const line = (head: string): Statement => ({ head, body: [], tail: '' })
const block = (head: string, body: readonly Statement[], tail = 'end'): Statement => ({
  head,
  body,
  tail
})

export function toLua(statements: readonly Statement[], indent = ''): string {
  return statements
    .map(
      ({ head, body, tail }) =>
        `${indent}${head}\n` + toLua(body, indent + ' ') + (tail === '' ? '' : `${indent}${tail}\n`)
    )
    .join('')
}

const ORDERS = ['a < b', 'a > b', 'a % 3 < b % 3', 'true', 'false', 'a <= b', 'nil']
const HANDLERS = [
  '__index = function(_, k) return k end',
  '__index = t',
  '__newindex = function(_, k, v) P("new", k, v) end',
  '__newindex = q',
  '__add = function(x, y) return 1 end',
  '__concat = function(x, y) return "c" end',
  '__eq = function() return true end',
  '__lt = function() return true end',
  '__le = function() return false end',
  '__call = function(self, ...) return ... end',
  '__len = function(...) return select("#", ...) end',
  '__unm = function(...) return select("#", ...) end',
  '__tostring = function() return "o" end',
  '__pairs = function(o) return next, { 1 }, nil end',
  '__metatable = "locked"',
  '__name = "Thing"',
  '__idiv = function() error("no", 0) end'
]
const USES = [
  'o.x',
  'o[1]',
  'o + 1',
  '1 + o',
  'o .. "s"',
  's .. o',
  'o == setmetatable({}, getmetatable(o))',
  'o < o',
  'o <= 1',
  'o(1, 2)',
  '#o',
  '-o',
  'tostring(o)',
  'rawget(o, 1)',
  'getmetatable(o)',
  'o // 1',
  'o:m()',
  'next(o)',
  'rawlen(o)',
  'setmetatable(o, {})',
  'o & 1',
  'o.x.y'
]

export class Statements extends Expressions {
  private labels = 0
  private inCoroutine = 0

  block(depth: number, most = 4): Statement[] {
    return Array.from({ length: 1 + this.random.below(most) }, () => this.statement(depth))
  }

  statement(depth: number): Statement {
    if (this.inCoroutine > 0 && this.random.chance(15)) {
      return line(`P("got", coroutine.yield(${this.values(0)}))`)
    }
    return depth > 0 && this.random.chance(45) ? this.compound(depth) : line(this.simple())
  }

  private simple(): string {
    const [table, list] = [this.random.pick(TABLES), this.random.pick(LISTS)]
    return this.oneOf(
      () => `${this.random.pick(NUMBERS)} = ${this.kept(2)}`,
      () => `${this.random.pick(WORDS)} = ${this.text()}`,
      () => `${table}[${this.key()}] = ${this.random.chance(30) ? 'nil' : this.kept()}`,
      () => `${table}[${this.key()}] = ${this.text(1)}`,
      () => `${table} = { ${this.items()} }`,
      () => `P(${this.values(2)})`,
      () => `P(${this.fraction()}, ${this.truth(2)})`,
      () => `P(dump(${table}))`,
      () => `P(pcall(${this.search()}))`,
      () => `P(pcall(${this.search()}))`,
      () => `P(pcall(function() return ${this.mistake()} end))`,
      () => this.listOperation(list),
      () => `if #${list} < 200 then table.insert(${list}, ${this.number(1)}) end`,
      () =>
        `P((function(...) local x, y = ... return select("#", ...), y, x, ... end)(${this.values(1)}))`,
      () => `P(load("return " .. ${this.number(1)} .. ", ...")(${this.values(0)}))`,
      () => `local ${this.random.pick(NUMBERS)} = ${this.kept()}`,
      () => `P(${table}[${this.key()}], rawlen(${list}), next(${list}))`
    )
  }

  /** A constructor's, whose nils, lists and keys may meet. */
  private items(): string {
    return Array.from({ length: this.random.below(7) }, () =>
      this.oneOf(
        () => this.number(0),
        () => 'nil',
        () => `[${this.key()}] = ${this.number(0)}`,
        () => `x = ${this.text(0)}`,
        () => this.number(0)
      )
    ).join(', ')
  }

  private listOperation(list: string): string {
    return this.oneOf(
      () => `P(pcall(table.insert, ${list}, ${this.number(0)}, 7))`,
      () => `P(pcall(table.remove, ${list}${this.random.chance(50) ? `, ${this.number(0)}` : ''}))`,
      () =>
        `P(pcall(table.sort, ${list}, function(a, b) return ${this.random.pick(ORDERS)} end)) P(dump(${list}))`,
      () => `table.sort(${list}) P(table.concat(${list}, ","))`,
      () =>
        `P(pcall(table.concat, ${list}, ",", ${this.random.below(5)}, ${this.random.below(5)}))`,
      () => `P(table.unpack(${list}, ${this.random.below(4)}, ${this.random.below(6)}))`,
      () => `P(dump(table.move(${list}, 1, #${list}, ${1 + this.random.below(3)}, {})))`,
      () => `P(table.pack(${this.values(0)}).n, #${list})`,
      () =>
        `${list} = { ${Array.from({ length: this.random.below(9) }, () => this.number(0)).join(', ')} }`
    )
  }

  private compound(depth: number): Statement {
    const inner = (): Statement[] => this.block(depth - 1)
    return this.oneOf(
      () => block(`if ${this.truth(2)} then`, inner()),
      () =>
        block(
          `for i = ${this.literal()}, ${this.literal()}, ${this.random.pick(['7', '-7', '11', '0.5 * 20'])} do`,
          [line('P(i)'), ...inner()]
        ),
      () =>
        block(
          'do local n = 0 while n < 3 do n = n + 1',
          [...inner(), line(`if ${this.truth()} then break end`)],
          'end end'
        ),
      () => block('do local n = 0 repeat local w = n n = n + 1', inner(), 'until w >= 2 end'),
      () => this.gotoLoop(inner()),
      () => this.walk(),
      () => this.walk(),
      () =>
        block(
          'P(pcall(function()',
          [...inner(), line(`if ${this.truth()} then return ${this.mistake()} end`)],
          'end))'
        ),
      () =>
        block(
          'P(xpcall(function()',
          [...inner(), line(`return ${this.mistake()}`)],
          'end, function(e) P("handler", e) return a end))'
        ),
      () => this.coroutine(depth),
      () => this.object(),
      () => this.closures(inner()),
      () => block('(function(...)', [...inner(), line('P(...)')], `end)(${this.values(0)})`),
      () => block('do', inner())
    )
  }

  private gotoLoop(body: Statement[]): Statement {
    const label = ++this.labels
    return block(
      `do local n = 0 ::top${label}:: n = n + 1 do`,
      [line(`if ${this.truth()} then goto next${label} end`), ...body],
      `end ::next${label}:: if n < 3 then goto top${label} end end`
    )
  }

  /** Fields that are there are cleared or changed while pairs, or next, walks the table. */
  private walk(): Statement {
    const table = this.random.pick(TABLES)
    const condition = this.random.pick([
      'true',
      'type(k) == "number"',
      'type(k) == "string"',
      'type(v) == "number" and v % 2 == 0',
      'type(k) == "number" and k > 2'
    ])
    const change = this.random.pick(['nil', '1', 'tostring(k)', 'v'])
    const at = this.random.below(5)
    // Assigning to a field that is not there, even nil, would end the walk's guarantees.
    const other = this.random.chance(30) ? ` if ${table}[${at}] then ${table}[${at}] = nil end` : ''
    const head = this.random.pick([
      `for k, v in pairs(${table}) do`,
      `for k, v in next, ${table} do`
    ])
    return line(
      `do local n = 0 ${head} n = n + 1 if ${condition} then ${table}[k] = ${change}${other} end end P(${other === '' ? 'n, ' : ''}dump(${table})) end`
    )
  }

  private coroutine(depth: number): Statement {
    this.inCoroutine++
    const body = this.block(depth - 1)
    this.inCoroutine--
    const drive = this.random.pick([
      'for i = 1, 4 do P(i, coroutine.resume(co, i, s)) end P(coroutine.status(co))',
      'for i = 1, 4 do P(coroutine.status(co), coroutine.resume(co)) end',
      'local w = coroutine.wrap(function(...) return select(2, coroutine.resume(co, ...)) end) P(pcall(w, 1)) P(pcall(w, 2))'
    ])
    return block(
      'do local co = coroutine.create(function(...)',
      [...body, line(`P(${this.values(0)})`), line(`return ${this.any(0)}`)],
      `end) ${drive} end`
    )
  }

  private object(): Statement {
    const handlers = Array.from({ length: 1 + this.random.below(5) }, () =>
      this.random.pick(HANDLERS)
    ).join(', ')
    const uses = Array.from({ length: 1 + this.random.below(4) }, () =>
      line(`P(pcall(function() return ${this.random.pick(USES)} end))`)
    )
    const writes = this.random.chance(50)
      ? [line('P(pcall(function() o.x = 1 o[1] = 2 end)) P(rawget(o, "x"), o[1])')]
      : []
    return block(
      `do local o = setmetatable({ ${this.random.pick(['', 'x = 1', '5, 6'])} }, { ${handlers} })`,
      [...uses, ...writes]
    )
  }

  private closures(body: Statement[]): Statement {
    return block(
      'do local fs, n = {}, 0 for i = 1, 3 do local j = i * 2 fs[i] = function(d) n = n + d j = j + n return i, j, n end end',
      [line(`P(fs[1](${this.number(0)}))`), ...body, line('P(fs[2](1)) P(fs[1](2)) P(fs[3](0))')]
    )
  }
}
