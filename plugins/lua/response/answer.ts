/** The table that a handler returns. */
import type { LuaTable, LuaValue, ToLua } from '../../../sandbox/lua/api.js'

/** `own` are headers that are set unless `more`, the caller's, have them under any spelling. */
export function answer(
  statusCode: number,
  own: ReadonlyArray<readonly [name: string, value: string]>,
  body: ToLua,
  more: LuaTable | undefined
): ToLua {
  const headers = new Map<string, LuaValue>()
  const given = [...(more?.entries() ?? [])].filter(
    (entry): entry is [string, LuaValue] => typeof entry[0] === 'string'
  )
  const names = new Set(given.map(([name]) => name.toLowerCase()))
  for (const [name, value] of own) if (!names.has(name.toLowerCase())) headers.set(name, value)
  for (const [name, value] of given) headers.set(name, value)
  return { statusCode, headers, body }
}
