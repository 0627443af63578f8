/** The words of argument errors, in one place. */

/** A Lua table as the sandbox hands it over; `LuaTable` of sandbox/lua/api.ts is one. */
export interface GivenTable {
  readonly type: 'table'
  get(key: GivenValue): GivenValue
  length(): number
  entries(): Iterable<[GivenValue, GivenValue]>
  identity(): object
}

export type GivenValue =
  undefined | boolean | number | string | GivenTable | { readonly type: 'function' }

/** Stands for an argument that was not given at all. */
export const missing = Symbol('missing')
export type Given = GivenValue | typeof missing

/** Why a value does not fit a declared type: the text inside the brackets of a `bad argument` error. */
export class TypeMismatch {
  constructor(readonly reason: string) {}

  /** The same, one level further in: "field 'model': …". */
  inside(where: string): TypeMismatch {
    return new TypeMismatch(`${where}: ${this.reason}`)
  }
}

/** The name of a value's Lua type. */
export function valueName(value: Given): string {
  if (value === missing) return 'no value'
  if (value === undefined) return 'nil'
  return typeof value === 'object' ? value.type : typeof value
}

/** "string expected, got nil". */
export const expectedType = (name: string, value: Given): TypeMismatch =>
  new TypeMismatch(`${name} expected, got ${valueName(value)}`)

/** Whether the reason is only that the value's Lua type is another one. */
export const isOtherType = ({ reason }: TypeMismatch): boolean =>
  / expected, got (?:no value|[a-z]+)$/.test(reason)
