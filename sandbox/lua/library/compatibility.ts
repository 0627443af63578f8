/** What Lua 5.1 had and 5.3 dropped, so that older functions run unchanged. */
import { ArgumentError, LuaThrow } from '../errors.js'
import { functionAt } from '../vm/traceback.js'
import type { Vm } from '../vm/vm.js'
import { scale } from '../number.js'
import { Closure, Native, closedUpvalue } from '../function.js'
import type { Returned } from '../function.js'
import type { Value } from '../value.js'
import { checkFunction, checkInteger, checkNumber, checkTable, wrongType } from './arguments.js'
import { toNatives } from './library.js'
import { stringLibrary } from './string.js'
import { unpack } from './table.js'

type Natives = ReadonlyArray<readonly [string, Native]>

export interface Compatibility {
  readonly globals: Natives
  readonly string: Natives
  readonly table: Natives
  readonly math: Natives
}

export function compatibility(vm: Vm): Compatibility {
  const { gmatch } = stringLibrary(vm)
  return {
    globals: toNatives(
      {
        getfenv: fn => getEnvironment(vm, fn),
        setfenv: (fn, env) => setEnvironment(vm, fn, env),
        unpack: (list, from, to) => unpack(vm, list, from, to)
      },
      ''
    ),
    string: gmatch === undefined ? [] : toNatives({ gfind: gmatch }, 'string.'),
    table: toNatives(
      {
        foreach: (table, fn) => forEach(vm, [...checkTable(table, 1).entries()], fn),
        foreachi: (table, fn) => {
          const list = checkTable(table, 1)
          return forEach(
            vm,
            Array.from(
              { length: list.length() },
              (_, i) => [i + 1, list.getNumber(i + 1)] as const
            ),
            fn
          )
        },
        getn: table => checkTable(table, 1).length(),
        maxn: table => {
          let most = 0
          for (const [key] of checkTable(table, 1).entries()) {
            if (typeof key === 'number' && key > most) most = key
          }
          return most
        }
      },
      'table.'
    ),
    math: toNatives(
      {
        atan2: (y, x) => Math.atan2(checkNumber(y, 1), checkNumber(x, 2)),
        cosh: x => Math.cosh(checkNumber(x, 1)),
        frexp: x => frexp(checkNumber(x, 1)),
        ldexp: (x, power) => scale(checkNumber(x, 1), checkInteger(power, 2)),
        log10: x => Math.log10(checkNumber(x, 1)),
        mod: (x, y) => checkNumber(x, 1) % checkNumber(y, 2),
        pow: (x, y) => checkNumber(x, 1) ** checkNumber(y, 2),
        sinh: x => Math.sinh(checkNumber(x, 1)),
        tanh: x => Math.tanh(checkNumber(x, 1))
      },
      'math.'
    )
  }
}

function forEach(vm: Vm, entries: ReadonlyArray<readonly [Value, Value]>, fn: Value): Returned {
  const callee = checkFunction(fn, 2)
  for (const [key, value] of entries) {
    const result = vm.callFirst(callee, [key, value])
    if (result !== undefined) return result
  }
  return []
}

/** x = m · 2^e with 0.5 <= |m| < 1. */
function frexp(x: number): [number, number] {
  if (x === 0 || !Number.isFinite(x)) return [x, 0]
  let power = Math.max(-1022, Math.floor(Math.log2(Math.abs(x))) + 1)
  let mantissa = scale(x, -power)
  while (Math.abs(mantissa) < 0.5) {
    mantissa *= 2
    power--
  }
  while (Math.abs(mantissa) >= 1) {
    mantissa /= 2
    power++
  }
  return [mantissa, power]
}

/** The Lua function that setfenv or getfenv means: itself, or by level as `error` counts. */
function target(vm: Vm, fn: Value): Closure | undefined {
  if (fn instanceof Closure) return fn
  if (fn instanceof Native) return undefined
  if (fn !== undefined && typeof fn !== 'number') throw wrongType(1, 'number', fn)
  const level = fn ?? 1
  if (level < 0) throw new ArgumentError(1, 'level must be non-negative')
  if (level === 0) return undefined
  return functionAt(vm, level)
}

/** Where a function keeps its globals; one that uses none has no such place. */
const environmentOf = (closure: Closure): number =>
  closure.code.upvalues.findIndex(({ name }) => name === '_ENV')

function getEnvironment(vm: Vm, fn: Value): Value {
  const closure = target(vm, fn)
  const at = closure === undefined ? -1 : environmentOf(closure)
  const upvalue = closure?.upvalues[at]
  return upvalue === undefined ? vm.globals : upvalue.cells[upvalue.index]
}

/** Gives a function globals of its own, which functions it makes from then on share. */
function setEnvironment(vm: Vm, fn: Value, env: Value): Value {
  checkTable(env, 2)
  const closure = target(vm, fn)
  if (closure === undefined) {
    throw new LuaThrow("'setfenv' cannot change environment of given object")
  }
  const at = environmentOf(closure)
  if (at >= 0) closure.upvalues[at] = closedUpvalue(env)
  return fn instanceof Closure ? fn : closure
}
