/** The basic functions. */
import { ArgumentError, LuaError, LuaThrow } from '../errors.js'
import { bytesAskedFor } from '../memory.js'
import { isTrue, metamethod, toText, getIndex } from '../vm/operations.js'
import { positionAt } from '../vm/traceback.js'
import type { Vm } from '../vm/vm.js'
import { numberToString } from '../../../core/base/number-text.js'
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
  const tostring = new Native('tostring', (...args) => {
    checkAny(args.length, 1)
    return toText(vm, args[0])
  })
  const printed = (value: Value): string => {
    const current = getIndex(vm, vm.globals, 'tostring')
    return current === tostring ? toText(vm, value) : textBy(vm, current, value)
  }
  return [
    ...toNatives(
      {
        ...traversal(vm, next),
        ...conversions,
        ...rawAccess,
        ...metatables(vm),
        assert: (...args) => assert(vm, args),
        error: (value, level) => {
          throw new LuaError(withPosition(vm, value, level))
        },
        print: (...args) => {
          print(args.map(printed).join('\t'))
          return []
        },
        select: (...args) => select(args),
        collectgarbage: option =>
          collectGarbage(option === undefined ? 'collect' : checkString(option, 1))
      },
      ''
    ),
    ['next', next],
    ['tostring', tostring],
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

/** What `print` writes of a value where the program has put a `tostring` of its own. */
function textBy(vm: Vm, tostring: Value, value: Value): string {
  const text = vm.callFirst(tostring, [value])
  if (typeof text === 'string') return text
  if (typeof text === 'number') return numberToString(text)
  throw new LuaThrow("'tostring' must return a string to 'print'")
}

const conversions: Functions = {
  tonumber: (...args) => toNumber(args),
  type: (...args) => {
    checkAny(args.length, 1)
    return typeName(args[0])
  }
}

const rawAccess: Functions = {
  rawequal: (...args) => {
    checkAny(args.length, 1)
    checkAny(args.length, 2)
    return args[0] === args[1]
  },
  rawget: (...args) => {
    const table = checkTable(args[0], 1)
    checkAny(args.length, 2)
    return table.get(args[1])
  },
  rawlen: value => {
    if (typeof value === 'string') return value.length
    if (!(value instanceof Table)) throw new ArgumentError(1, 'table or string expected')
    return value.length()
  },
  rawset: (...args) => {
    const table = checkTable(args[0], 1)
    checkAny(args.length, 2)
    checkAny(args.length, 3)
    table.set(args[1], args[2])
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
  setmetatable: (...args) => setMetatable(args)
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

function setMetatable(args: Value[]): Value {
  const [table, meta] = args
  const target = checkTable(table, 1)
  if (args.length < 2 || (meta !== undefined && !(meta instanceof Table))) {
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
