/** Replaces Fengari's ltable.js for the compiler: the table that finds a constant again. */
import { TValue } from './lobject.js'
import { TString } from './lstring.js'

/** Keys keep their kind apart: the number 1, the string "1" and the integer 1 are three constants. */
class ConstantTable {
  readonly found = new Map<string, TValue>()
}

const keyOf = ({ type, value }: TValue): string => `${type}:${textOf(value)}`

function textOf(value: unknown): string {
  if (value instanceof TString) return value.text
  return value instanceof ConstantTable ? '' : String(value)
}

const NOTHING = new TValue()

export const luaH_new = (): ConstantTable => new ConstantTable()
export const luaH_get = (_state: unknown, table: ConstantTable, key: TValue): TValue =>
  table.found.get(keyOf(key)) ?? NOTHING
export const luaH_setfrom = (
  _state: unknown,
  table: ConstantTable,
  key: TValue,
  value: TValue
): void => {
  table.found.set(keyOf(key), value)
}
