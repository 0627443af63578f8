/** The basic functions. */
import { ArgumentError, LuaError, LuaThrow } from '../errors.js'
import { bytesAskedFor } from '../memory.js'
import { isTrue, metamethod, toText, getIndex } from '../vm/operations.js'
import { positionAt } from '../vm/traceback.js'
import type { Vm } from '../vm/vm.js'
import { parseNumber } from '../number.js'
import { Table } from '../table.js'
import { Native, Intrinsic } from '../function.js'
import { typeName } from '../value.js'
import type { Returned } from '../function.js'
import type { Value } from '../value.js'
import { checkAny, checkInteger, checkString, checkTable, wrongType } from './arguments.js'
import { toNatives, type Functions } from './library.js'

export function baseLibrary(
  vm: Vm,
  print: (line: string) => void
): Array<readonly [string, Native]> {
  const next = new Native(
    'next',
    (table, key) => checkTable(table, 1).next(key) ?? undefined,
    Intrinsic.next
  )
  return [
    ...toNatives(
      {
        ...traversal(vm, next),
        ...conversions(vm),
        ...rawAccess,
        ...metatables(vm),
        assert: (...args) => assert(vm, args),
        error: (value, level) => {
          throw new LuaError(withPosition(vm, value, level))
        },
        print: (...args) => {
          print(args.map(value => toText(vm, value)).join('\t'))
          return []
        },
        select: (...args) => select(args),
        collectgarbage: option =>
          collectGarbage(option === undefined ? 'collect' : checkString(option, 1))
      },
      ''
    ),
    ['next', next],
    ['pcall', new Native('pcall', () => undefined, Intrinsic.pcall)],
    ['xpcall', new Native('xpcall', () => undefined, Intrinsic.xpcall)]
  ]
}

function traversal(vm: Vm, next: Native): Functions {
  const step = new Native(
    'ipairs_iterator',
    (table, index) => {
      const at = (index as number) + 1
      const value = getIndex(vm, table, at)
      return value === undefined ? undefined : [at, value]
    },
    Intrinsic.ipairs
  )
  return {
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
    }
  }
}

const conversions = (vm: Vm): Functions => ({
  tonumber: (...args) => toNumber(args),
  tostring: (...args) => {
    checkAny(args.length, 1)
    return toText(vm, args[0])
  },
  type: (...args) => {
    checkAny(args.length, 1)
    return typeName(args[0])
  }
})

const rawAccess: Functions = {
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
  }
}

const metatables = (vm: Vm): Functions => ({
  getmetatable: (...args) => {
    checkAny(args.length, 1)
    const [value] = args
    const meta =
      value instanceof Table ? value.meta : typeof value === 'string' ? vm.stringMeta : null
    return meta === null ? undefined : (meta.getString('__metatable') ?? meta)
  },
  setmetatable: (table, meta) => setMetatable(table, meta)
})

function assert(vm: Vm, args: Value[]): Returned {
  checkAny(args.length, 1)
  if (isTrue(args[0])) return args
  throw new LuaError(withPosition(vm, args.length < 2 ? 'assertion failed!' : args[1], undefined))
}

function withPosition(vm: Vm, value: Value, level: Value): Value {
  const at = level === undefined ? 1 : checkInteger(level, 2)
  return typeof value === 'string' && at > 0 ? positionAt(vm, at) + value : value
}

/**
 * Memory is the engine's affair, so nothing is collected or tuned. Counted is what the run has asked for so far: what
 * the process holds would show one run what others left behind.
 */
function collectGarbage(option: string): Returned {
  switch (option) {
    case 'collect':
    case 'stop':
    case 'restart':
      return 0
    case 'count':
      return bytesAskedFor() / 1024
    case 'step':
    case 'isrunning':
      return true
    case 'setpause':
    case 'setstepmul':
      return 200
    default:
      throw new ArgumentError(1, `invalid option '${option}'`)
  }
}

function select(args: Value[]): Returned {
  const [which] = args
  if (which === '#') return args.length - 1
  const at = checkInteger(which, 1)
  if (at < 0 ? -at > args.length - 1 : at === 0) throw new ArgumentError(1, 'index out of range')
  return args.slice(at < 0 ? args.length + at : at)
}

function setMetatable(table: Value, meta: Value): Value {
  const target = checkTable(table, 1)
  if (meta !== undefined && !(meta instanceof Table)) {
    throw new ArgumentError(2, 'nil or table expected')
  }
  if (target.meta?.getString('__metatable') !== undefined) {
    throw new LuaThrow('cannot change a protected metatable')
  }
  target.setMeta(meta ?? null)
  return target
}

function toNumber(args: Value[]): Value {
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
  return parseDigits(checkString(value, 1), radix)
}

function parseDigits(text: string, radix: number): number | undefined {
  const [, sign = '', digits = ''] =
    /^[ \t\n\v\f\r]*([-+]?)([\da-z]*)[ \t\n\v\f\r]*$/i.exec(text) ?? []
  if (digits === '') return undefined
  let n = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = parseInt(digits.charAt(i), 36)
    if (digit >= radix) return undefined
    n = n * radix + digit
  }
  return sign === '-' ? -n : n
}
