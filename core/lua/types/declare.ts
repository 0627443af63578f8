/**
 * The types a Lua API is declared with.
 *
 * A Lua string is bytes. `Text` promises the host function a decoded string (invalid UTF-8 becomes U+FFFD),
 * `Bytes` promises it the bytes themselves.
 */
export type { LuaField, LuaType, Result, Static } from './kind.js'
export { Any } from './any.js'
export { Bool } from './boolean.js'
export { Bytes } from './bytes.js'
export { Func } from './callback.js'
export { Int } from './integer.js'
export { List } from './list.js'
export { Dict } from './map.js'
export { Nil } from './nil.js'
export { Num } from './number.js'
export { Optional } from './optional.js'
export { Fields, field } from './record.js'
export { Text } from './text.js'
export { Union } from './union.js'
