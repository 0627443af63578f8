/** The basic functions. */
import { ArgumentError, LuaError, Raise } from '../errors.js'
import { isTrue, metamethod, toText, getIndex } from '../machine/operations.js'
import { positionAt } from '../machine/position.js'
import type { Vm } from '../machine/vm.js'
import { parseNumber } from '../number.js'
import { Table } from '../table.js'
import { Native, Special, typeName } from '../value.js'
import type { Returned, Value } from '../value.js'
import { checkAny, checkInteger, checkTable, wrongType } from './arguments.js'
import { toNatives } from './library.js'

export function baseLibrary (vm: Vm, print: (line: string) => void): Array<readonly [string, Native]> {
  const next = new Native('next', (table, key) => checkTable(table, 1).next(key) ?? undefined, Special.next)
  const step = new Native('ipairs_iterator', (table, index) => {
    const at = (index as number) + 1
    const value = getIndex(vm, table, at)
    return value === undefined ? undefined : [at, value]
  }, Special.ipairs)
  return [
    ...toNatives({
      assert: (...args) => assert(vm, args),
      error: (value, level) => { throw new LuaError(withPosition(vm, value, level)) },
      getmetatable: (...args) => {
        checkAny(args.length, 1)
        const [value] = args
        const meta = value instanceof Table ? value.meta : typeof value === 'string' ? vm.stringMeta : null
        return meta === null ? undefined : meta.getString('__metatable') ?? meta
      },
      ipairs: (...args) => {
        checkAny(args.length, 1)
        return [step, args[0], 0]
      },
      pairs: (...args) => {
        const [value] = args
        const handler = metamethod(vm, value, '__pairs')
        if (handler === undefined) return [next, checkTable(value, 1), undefined]
        const results = vm.callAll(handler, [value])
        return [results[0], results[1], results[2]]
      },
      print: (...args) => {
        print(args.map(value => toText(vm, value)).join('\t'))
        return []
      },
      rawequal: (...args) => {
        checkAny(args.length, 2)
        return args[0] === args[1]
      },
      rawget: (table, key) => checkTable(table, 1).get(key),
      rawlen: value => {
        if (typeof value === 'string') return value.length
        if (!(value instanceof Table)) throw new ArgumentError(1, 'table or string expected')
        return value.length()
      },
      rawset: (table, key, value) => {
        checkTable(table, 1).set(key, value)
        return table
      },
      select: (...args) => select(args),
      setmetatable: (table, meta) => setMetatable(table, meta),
      tonumber: (...args) => toNumber(args),
      tostring: (...args) => {
        checkAny(args.length, 1)
        return toText(vm, args[0])
      },
      type: (...args) => {
        checkAny(args.length, 1)
        return typeName(args[0])
      },
      // Memory is the engine's affair: accepted, because older functions call it, and without effect.
      collectgarbage: () => 0
    }, ''),
    ['next', next],
    ['pcall', new Native('pcall', () => undefined, Special.pcall)],
    ['xpcall', new Native('xpcall', () => undefined, Special.xpcall)]
  ]
}

function assert (vm: Vm, args: Value[]): Returned {
  checkAny(args.length, 1)
  if (isTrue(args[0])) return args
  throw new LuaError(withPosition(vm, args.length < 2 ? 'assertion failed!' : args[1], undefined))
}

function withPosition (vm: Vm, value: Value, level: Value): Value {
  const at = level === undefined ? 1 : checkInteger(level, 2)
  return typeof value === 'string' && at > 0 ? positionAt(vm, at) + value : value
}

function select (args: Value[]): Returned {
  const [which] = args
  if (which === '#') return args.length - 1
  const at = checkInteger(which, 1)
  if (at < 0 ? -at > args.length - 1 : at === 0) throw new ArgumentError(1, 'index out of range')
  return args.slice(at < 0 ? args.length + at : at)
}

function setMetatable (table: Value, meta: Value): Value {
  const target = checkTable(table, 1)
  if (meta !== undefined && !(meta instanceof Table)) throw new ArgumentError(2, 'nil or table expected')
  if (target.meta?.getString('__metatable') !== undefined) throw new Raise('cannot change a protected metatable')
  target.setMeta(meta ?? null)
  return target
}

function toNumber (args: Value[]): Value {
  const [value, base] = args
  if (base === undefined) {
    if (typeof value === 'number') return value
    if (typeof value === 'string') return parseNumber(value)
    checkAny(args.length, 1)
    return undefined
  }
  const radix = checkInteger(base, 2)
  if (typeof value !== 'string' && typeof value !== 'number') throw wrongType(1, 'string', value)
  if (radix < 2 || radix > 36) throw new ArgumentError(2, 'base out of range')
  return parseDigits(String(value).trim().toLowerCase(), radix)
}

function parseDigits (text: string, radix: number): number | undefined {
  const negative = text.startsWith('-')
  const digits = negative || text.startsWith('+') ? text.slice(1) : text
  if (digits === '') return undefined
  let n = 0
  for (let i = 0; i < digits.length; i++) {
    const c = digits.charCodeAt(i)
    const digit = c >= 48 && c <= 57 ? c - 48 : c >= 97 && c <= 122 ? c - 87 : 99
    if (digit >= radix) return undefined
    n = n * radix + digit
  }
  return negative ? -n : n
}
