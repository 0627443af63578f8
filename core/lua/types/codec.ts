/** The conversions of a type of any kind between a frame and a host function; they run in the server. */
import * as kinds from './kinds.js'
import type { Decode, Encode, LuaType, WireCodec } from './kind.js'

const codecOf = ({ kind }: LuaType): WireCodec<LuaType> => kinds[kind].wire as WireCodec<LuaType>

/** Makes the conversion of an argument out of a frame. It gives `unfit` for a value of another type. */
export const compileDecode = (type: LuaType): Decode => codecOf(type).decode(type, compileDecode)

/** Makes the conversion of a result. It throws a WrongResult for a value of another type. */
export const compileEncode = (type: LuaType): Encode => codecOf(type).encode(type, compileEncode)
