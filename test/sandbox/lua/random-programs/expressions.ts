/**
 * Random expressions of Lua, each of a known kind, so that what they do is the same in Lua 5.3 with its integers as in
 * Moonlet with its doubles: whole numbers stay small, none is minus zero where that shows, and what may be a fraction
 * is never turned into text.
 */
import type { Random } from './random.js'

const TEXTS = [
  '""',
  '"abc"',
  '"x1"',
  '"a b c"',
  '"aXbXc"',
  '"(a(b)c)"',
  '"10"',
  '"-3"',
  '"\\0z"',
  '"k=v"',
  '"\\n\\t"',
  '"\\200\\255"'
]
const PIECES = [
  'a',
  'b',
  'c',
  'x',
  '.',
  '%a',
  '%d',
  '%s',
  '%w',
  '%S',
  '[a-c]',
  '[^b]',
  '[%a_]',
  '(',
  ')',
  '()',
  '%1',
  '*',
  '+',
  '-',
  '?',
  '^',
  '$',
  '%b()',
  '%f[%w]',
  '%',
  '[',
  ' '
]
const FORMATS = [
  '%d',
  '%5d',
  '%-5d|',
  '%05d',
  '%x',
  '%X',
  '%o',
  '%+d',
  '%s',
  '%10s',
  '%.2s',
  '%q',
  '%c',
  '%i',
  '%%',
  '%g',
  '%.3f',
  '%e',
  '%5.1f',
  '%a'
]

/** Names that every program has: whole numbers, texts, tables with any keys, lists without holes. */
export const NUMBERS = ['a', 'b', 'c']
export const WORDS = ['s', 'u']
export const TABLES = ['t', 'q']
export const LISTS = ['l', 'r']

export class Expressions {
  constructor(readonly random: Random) {}

  /** One of these, made only when it is chosen. */
  protected oneOf<T>(...choices: ReadonlyArray<() => T>): T {
    return this.random.pick(choices)()
  }

  literal(): string {
    return String(this.random.below(30) - 9)
  }

  number(depth = 2): string {
    if (depth <= 0) {
      return this.random.chance(50) ? `(${this.literal()})` : this.random.pick(NUMBERS)
    }
    const inner = (): string => this.number(depth - 1)
    return this.oneOf(
      () => this.random.pick(NUMBERS),
      () => `(${this.literal()})`,
      () => `((${inner()} ${this.random.pick(['+', '-', '*'])} ${inner()}) % 97)`,
      () => `(${inner()} ${this.random.pick(['//', '%'])} ${1 + this.random.below(9)})`,
      () => `(${inner()} ${this.random.pick(['&', '|', '~'])} ${inner()})`,
      () => `((${inner()} & 255) ${this.random.pick(['<<', '>>'])} ${this.random.below(8)})`,
      () => `(${this.truth(depth - 1)} and ${inner()} or ${inner()})`,
      () => `math.${this.random.pick(['max', 'min'])}(${inner()}, ${inner()})`,
      () => `#${this.random.pick(LISTS)}`,
      () => `#${this.random.pick(WORDS)}`,
      () => `(-${inner()})`,
      () => `(tonumber(${this.text(depth - 1)}) or ${inner()}) % 1000 // 1`,
      () => `math.tointeger(${inner()})`,
      () => `select("#", ${this.values(depth - 1)})`
    )
  }

  text(depth = 2): string {
    if (depth <= 0) {
      return this.random.chance(50) ? this.random.pick(TEXTS) : this.random.pick(WORDS)
    }
    const inner = (): string => this.text(depth - 1)
    return this.oneOf(
      () => this.random.pick(WORDS),
      () => this.random.pick(TEXTS),
      () => `(${inner()} .. ${inner()}):sub(1, 40)`,
      () => `(${inner()} .. ${this.number(depth - 1)}):sub(-40)`,
      () => `(${inner()}):sub(${this.number(0)}, ${this.number(0)})`,
      () => `(${inner()}):${this.random.pick(['upper', 'lower', 'reverse'])}()`,
      () =>
        `(${inner()}):rep(${this.random.below(4)}${this.random.chance(40) ? ', ","' : ''}):sub(1, 40)`,
      () => `tostring(${this.random.chance(60) ? this.number(depth - 1) : this.truth(depth - 1)})`,
      () => `table.concat(${this.random.pick(LISTS)}, ${inner()}):sub(1, 40)`,
      () => `type(${this.any(depth - 1)})`,
      () => `(${this.truth(depth - 1)} and ${inner()} or ${inner()})`
    )
  }

  truth(depth = 1): string {
    if (depth <= 0) return this.random.pick(['true', 'false', 'a < b', 's == u', 't.x', 'not c'])
    return this.oneOf(
      () =>
        `(${this.number(depth - 1)} ${this.random.pick(['<', '<=', '>', '>=', '==', '~='])} ${this.number(depth - 1)})`,
      () =>
        `(${this.text(depth - 1)} ${this.random.pick(['<', '<=', '==', '~='])} ${this.text(depth - 1)})`,
      () =>
        `(${this.truth(depth - 1)} ${this.random.pick(['and', 'or'])} ${this.truth(depth - 1)})`,
      () => `(not ${this.any(depth - 1)})`,
      () => `(${this.random.pick(TABLES)}[${this.key()}] == nil)`,
      () => `rawequal(${this.any(0)}, ${this.any(0)})`
    )
  }

  /** What only the helper of the programs may print: fractions among it. */
  fraction(depth = 1): string {
    return this.oneOf(
      () => `(${this.number(depth)} / ${1 + this.random.below(9)})`,
      () => `(${this.number(depth)} * 0.5)`,
      () => `((${this.number(0)} % 7) ^ ${this.random.below(4)})`,
      () =>
        `math.${this.random.pick(['floor', 'ceil', 'abs', 'sqrt', 'fmod'])}(${this.number(depth)}${', 4'})`,
      () => `(${this.text(0)} + ${this.number(0)})`,
      () =>
        this.random.chance(30)
          ? `tonumber((${this.text(0)}):sub(-8), 16)`
          : `tonumber(${this.text(0)})`
    )
  }

  key(): string {
    return this.oneOf(
      () => String(1 + this.random.below(6)),
      () => String(1 + this.random.below(6)),
      () => this.random.pick(NUMBERS),
      () => this.random.pick(['"x"', '"y"', '"z"', 's']),
      () => this.random.pick(['0', '-1', '0.5', 'true', '2^53', '1e300', '3.0', '"1"', '"__index"'])
    )
  }

  any(depth = 1): string {
    return this.oneOf(
      () => this.number(depth),
      () => this.text(depth),
      () => this.random.pick(['nil', 'true', 'false', 'print', '{}', 't', 'l', 'u']),
      () => `${this.random.pick(TABLES)}[${this.key()}]`
    )
  }

  values(depth = 1): string {
    return Array.from({ length: 1 + this.random.below(3) }, () => this.any(depth)).join(', ')
  }

  pattern(): string {
    return JSON.stringify(
      Array.from({ length: 1 + this.random.below(5) }, () => this.random.pick(PIECES)).join('')
    )
  }

  /** A call of the string library that may well fail. */
  search(): string {
    const subject = this.text(1)
    const pattern = this.pattern()
    return this.oneOf(
      () => `string.find, ${subject}, ${pattern}, ${this.random.below(6) - 2}`,
      () => `string.match, ${subject}, ${pattern}`,
      () =>
        `string.gsub, ${subject}, ${pattern}, ${this.random.pick(['"%0%0"', '"<%1>"', '"%%"', '"%"', '{ a = "A", b = 1, c = false }'])}`,
      () =>
        `string.gsub, ${subject}, ${pattern}, function(...) P(...) return ${this.random.pick(['nil', 's', '7', '{}'])} end, 3`,
      () => `collect, ${subject}, ${pattern}`,
      () => `string.byte, ${subject}, ${this.number(0)}, ${this.number(0)}`,
      () =>
        `string.format, ${JSON.stringify(this.random.pick(FORMATS) + ' ' + this.random.pick(FORMATS))}, ${this.any(0)}, ${this.kept()}`
    )
  }

  /** As a value that is kept, so maybe formatted: never minus zero, which Lua's integers do not have. */
  kept(depth = 1): string {
    return `${this.number(depth)} + 0`
  }

  /** Something that mostly raises. */
  mistake(): string {
    return this.random.pick([
      'a + {}',
      'nothing.x',
      't.x.y.z',
      '#a',
      'a()',
      '{} < {}',
      's < a',
      'l .. t',
      'nil .. s',
      't[nil]',
      '-{}',
      's & 1',
      't:x()',
      's:nope()',
      'setmetatable(1, {})',
      'string.rep()',
      '("x"):rep({})',
      'ipairs()',
      'math.floor("x")',
      'select(0)',
      'next({}, 1)',
      'table.concat({ 1, {} })',
      'table.insert(l, 99, 1)',
      'error(s)',
      'error(t)',
      'error(s, 0)',
      'error(s, 2)',
      'error()',
      'assert(false)',
      'assert(nil, s)',
      'assert(t)',
      'tostring()',
      'coroutine.resume(1)',
      'string.char(256)',
      'load(5)',
      'rawset(t, nil, 1)',
      'math.random(0)',
      'tonumber("z", 99)',
      'string.format("%d", "x")',
      'string.format("%y", 1)',
      'utf8.char(-1)',
      'utf8.codepoint("\\255")',
      'a.b.c',
      'b.x()'
    ])
  }
}
