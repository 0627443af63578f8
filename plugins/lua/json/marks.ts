/**
 * What JSON says and a Lua table cannot: that an empty one is a list, and which values are `null`. It is kept beside
 * the table, where Lua does not see it, so that what was decoded is encoded as it was.
 */
import { Builtin, Noted } from '../../../core/base/to-lua.js'
import type { LuaTable, NativeFunction, ToLua } from '../../../sandbox/lua/api.js'

/** A list of `length` values, whose last that is not null stands at `last`. */
export interface ListMark {
  readonly length: number
  readonly last: number
}

/** The keys of an object whose values are null. */
export interface ObjectMark {
  readonly nulls: ReadonlySet<string>
}

const marks = new WeakMap<object, ListMark | ObjectMark>()

export const mark = (identity: object, found: ListMark | ObjectMark): void => {
  marks.set(identity, found)
}

export const markOf = (table: LuaTable): ListMark | ObjectMark | undefined =>
  marks.get(table.identity())

const emptyMark: ListMark = { length: 0, last: 0 }

export const markAsList = (identity: object): void => {
  marks.set(identity, emptyMark)
}

/** A new table that is a list in JSON. */
export const emptyList = (): ToLua => new Noted<ToLua[]>([], markAsList)

/** `json.null`. A function of Lua: nothing can change it, it equals only itself, and functions are `null` in JSON. */
export const jsonNull: NativeFunction = () => undefined

export const nullForLua = new Builtin(jsonNull)
