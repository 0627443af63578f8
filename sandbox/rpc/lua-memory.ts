/**
 * Of a process's memory, what one execution may hold in Lua before it gets a "not enough memory" that it can catch.
 */
const LUA_SHARE = 0.75
const MIB = 1024 * 1024

/** In bytes. */
export const luaBytes = (memoryMb: number): number => Math.floor(memoryMb * MIB * LUA_SHARE)
