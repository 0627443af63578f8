/** The function that another one names. */
import type { Addresses } from '../../../core/contracts/addresses.js'
import type { FunctionRecord, VersionRecord } from '../../../core/contracts/records.js'
import type { FunctionCache } from '../../../core/contracts/server.js'
import { LuaFailure } from '../../../core/lua/errors.js'

export interface Target {
  readonly fn: FunctionRecord
  readonly version: VersionRecord
}

export interface Directory {
  readonly addressBook: Pick<Addresses, 'toId'>
  readonly functionCache: Pick<FunctionCache, 'get'>
}

/** `name`: its slug or id. Throws a LuaFailure when it cannot be called. */
export async function findTarget(
  { addressBook, functionCache }: Directory,
  name: string
): Promise<Target> {
  const found = await functionCache.get(await addressBook.toId(name))
  if (found === undefined) throw new LuaFailure(`no function has the slug or id '${name}'`)
  if (found.fn.disabled) throw new LuaFailure(`the function '${name}' is disabled`)
  if (found.active === undefined) {
    throw new LuaFailure(`the function '${name}' has no active version`)
  }
  return { fn: found.fn, version: found.active }
}
