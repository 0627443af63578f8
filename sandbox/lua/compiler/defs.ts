/**
 * Replaces Fengari's defs.js for the compiler: strings are JavaScript's binary strings there as everywhere, so
 * making "a Lua string" of a literal is nothing, where the original encodes it into a Uint8Array.
 */
export const LUA_MULTRET = -1

export const LUA_OPADD = 0
export const LUA_OPSUB = 1
export const LUA_OPMUL = 2
export const LUA_OPMOD = 3
export const LUA_OPPOW = 4
export const LUA_OPDIV = 5
export const LUA_OPIDIV = 6
export const LUA_OPBAND = 7
export const LUA_OPBOR = 8
export const LUA_OPBXOR = 9
export const LUA_OPSHL = 10
export const LUA_OPSHR = 11
export const LUA_OPUNM = 12
export const LUA_OPBNOT = 13

/** Tags of the compiler's own constants; nothing at run time is tagged. */
export const constant_types = {
  LUA_TNIL: 0,
  LUA_TBOOLEAN: 1,
  LUA_TLIGHTUSERDATA: 2,
  LUA_TNUMFLT: 3,
  LUA_TNUMINT: 19,
  LUA_TLNGSTR: 20,
  LUA_TTABLE: 5
}

export const to_luastring = (text: string): string => text
