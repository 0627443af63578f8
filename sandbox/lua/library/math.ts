/** The math library. Every number is a double; "integer" is said of whole ones. */
import { ArgumentError } from '../errors.js'
import { modulo } from '../vm/arithmetic.js'
import { MAX_INTEGER } from '../../../core/base/number-text.js'
import { parseNumber } from '../number.js'
import type { Native } from '../function.js'
import type { Value } from '../value.js'
import { checkAny, checkInteger, checkNumber } from './arguments.js'
import { toNatives } from './library.js'

export interface MathLibrary {
  readonly fields: ReadonlyArray<readonly [string, Native | number]>
  /** Forgets the random sequence; the next run has its own. */
  reset(): void
}

/** `seed` starts each run's own sequence of random numbers. */
export function mathLibrary(seed: () => number): MathLibrary {
  let sequence: (() => number) | undefined
  const random = (): number => (sequence ??= sequenceFrom(Math.floor(seed() * 2 ** 32)))()
  return {
    reset() {
      sequence = undefined
    },
    fields: [
      ...toNatives(
        {
          abs: x => Math.abs(checkNumber(x, 1)),
          acos: x => Math.acos(checkNumber(x, 1)),
          asin: x => Math.asin(checkNumber(x, 1)),
          atan: (y, x) => Math.atan2(checkNumber(y, 1), x === undefined ? 1 : checkNumber(x, 2)),
          ceil: x => Math.ceil(checkNumber(x, 1)),
          cos: x => Math.cos(checkNumber(x, 1)),
          deg: x => checkNumber(x, 1) * (180 / Math.PI),
          exp: x => Math.exp(checkNumber(x, 1)),
          floor: x => Math.floor(checkNumber(x, 1)),
          fmod: (x, y) => checkNumber(x, 1) % checkNumber(y, 2),
          log: (x, base) => logarithm(checkNumber(x, 1), base),
          max: (...args) => best(args, (a, b) => a > b),
          min: (...args) => best(args, (a, b) => a < b),
          modf: x => split(checkNumber(x, 1)),
          rad: x => checkNumber(x, 1) * (Math.PI / 180),
          random: (...args) => draw(random, args),
          randomseed: x => {
            sequence = sequenceFrom(
              x === undefined ? 0 : modulo(Math.trunc(checkNumber(x, 1)), 2 ** 32)
            )
            return []
          },
          sin: x => Math.sin(checkNumber(x, 1)),
          sqrt: x => Math.sqrt(checkNumber(x, 1)),
          tan: x => Math.tan(checkNumber(x, 1)),
          tointeger: (...args) => {
            checkAny(args.length, 1)
            const [x] = args
            const n = typeof x === 'string' ? parseNumber(x) : x
            return typeof n === 'number' && Number.isInteger(n) ? n : undefined
          },
          type: (...args) => {
            checkAny(args.length, 1)
            const [x] = args
            return typeof x !== 'number' ? undefined : Number.isInteger(x) ? 'integer' : 'float'
          },
          ult: (a, b) => isBelow(checkInteger(a, 1), checkInteger(b, 2))
        },
        'math.'
      ),
      ['huge', Infinity],
      // Up to here every whole number is a double of its own.
      ['maxinteger', MAX_INTEGER],
      ['mininteger', -MAX_INTEGER],
      ['pi', Math.PI]
    ]
  }
}

/** Compares as 64-bit integers without a sign, which doubles could not hold: negative ones come after all others. */
const isBelow = (a: number, b: number): boolean => (a < 0 === b < 0 ? a < b : b < 0)

function logarithm(x: number, base: Value): number {
  if (base === undefined) return Math.log(x)
  const b = checkNumber(base, 2)
  return b === 2 ? Math.log2(x) : b === 10 ? Math.log10(x) : Math.log(x) / Math.log(b)
}

function best(args: Value[], better: (a: number, b: number) => boolean): number {
  checkAny(args.length, 1)
  let result = checkNumber(args[0], 1)
  for (let i = 1; i < args.length; i++) {
    const n = checkNumber(args[i], i + 1)
    if (better(n, result)) result = n
  }
  return result
}

function split(x: number): [number, number] {
  const whole = Math.trunc(x)
  return [whole, Number.isFinite(x) ? x - whole : Number.isNaN(x) ? x : 0]
}

function draw(random: () => number, args: Value[]): number {
  if (args.length === 0) return random()
  if (args.length > 2) throw new ArgumentError(3, 'wrong number of arguments')
  const low = args.length === 1 ? 1 : checkInteger(args[0], 1)
  const high = checkInteger(args[args.length - 1], args.length)
  if (low > high) throw new ArgumentError(args.length, 'interval is empty')
  return low + Math.floor(random() * (high - low + 1))
}

/** xoshiro128** (Blackman and Vigna), 53 bits a number, seeded through splitmix32. */
function sequenceFrom(seed: number): () => number {
  let mixing = seed | 0
  const mix = (): number => {
    mixing = (mixing + 0x9e3779b9) | 0
    let z = mixing
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b)
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
    return z ^ (z >>> 16)
  }
  let [a, b, c, d] = [mix(), mix(), mix(), mix()]
  const next = (): number => {
    const product = Math.imul(b, 5)
    const result = Math.imul((product << 7) | (product >>> 25), 9)
    const t = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= t
    d = (d << 11) | (d >>> 21)
    return result >>> 0
  }
  return () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53
}
