/**
 * Replaces Fengari's lobject.js for the compiler: constants, names of locals, messages and constant folding.
 * Folding is done in doubles, where the original wraps whole numbers at 32 bits.
 */
import {
  LUA_OPADD,
  LUA_OPDIV,
  LUA_OPIDIV,
  LUA_OPMOD,
  LUA_OPMUL,
  LUA_OPPOW,
  LUA_OPSUB,
  LUA_OPUNM,
  constant_types as types
} from './defs.js'
import { floorDivide, modulo } from '../vm/arithmetic.js'

/** A constant of the chunk being compiled. */
export class TValue {
  constructor(
    public type: number = types.LUA_TNIL,
    public value: unknown = null
  ) {}
  ttype(): number {
    return this.type
  }
  ttisinteger(): boolean {
    return this.type === types.LUA_TNUMINT
  }
}

export class LocVar {
  varname: unknown = null
  startpc = 0
  endpc = 0
}

/** Size hints of table constructors; our tables take none. */
export const luaO_int2fb = (): number => 0

export function luaO_pushfstring(
  _state: unknown,
  format: string,
  ...values: Array<string | number>
): string {
  let next = 0
  return format.replace(/%[sd]/g, () => String(values[next++]))
}

export function luaO_arith(
  _state: unknown,
  op: number,
  a: TValue,
  b: TValue,
  result: TValue
): void {
  result.type = types.LUA_TNUMFLT
  result.value = fold(op, Number(a.value), Number(b.value))
}

function fold(op: number, a: number, b: number): number {
  switch (op) {
    case LUA_OPADD:
      return a + b
    case LUA_OPSUB:
      return a - b
    case LUA_OPMUL:
      return a * b
    case LUA_OPMOD:
      return modulo(a, b)
    case LUA_OPPOW:
      return a ** b
    case LUA_OPDIV:
      return a / b
    case LUA_OPIDIV:
      return floorDivide(a, b)
    case LUA_OPUNM:
      return -a
    // Not a number is never folded: the bitwise operations are left to run time.
    default:
      return NaN
  }
}
