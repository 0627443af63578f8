/** What the functions of `kv` do beyond one call of the store. */
import type { KvEntry, KvStore, RunKv, Soon } from '../../../core/contracts/storage.js'
import { MoonletError } from '../../../core/errors.js'
import type { HostCall } from '../../../core/lua/module.js'
import { LuaMisuse } from '../../../core/lua/errors.js'
import { MAX_LIST_BYTES } from './types.js'

/** Unix milliseconds at which a value with these options is gone. */
export const expiry = (options: { ttl: number | undefined } | undefined): number | undefined =>
  options?.ttl === undefined ? undefined : Date.now() + Math.ceil(options.ttl * 1000)

/** The sum. Misuse when the value is no number, or the sum none that can be kept. */
export function increment (writes: RunKv, { executionId, functionId }: HostCall, key: Uint8Array, by: number): Soon<number> {
  if (!Number.isFinite(by)) throw new LuaMisuse("bad argument #2 to 'kv.increment' (a finite number expected)")
  try {
    const sum = writes.increment(executionId, functionId, key, by)
    return typeof sum === 'number' ? sum : sum.catch(raiseMisuse)
  } catch (error) {
    return raiseMisuse(error)
  }
}

function raiseMisuse (error: unknown): never {
  if (!(error instanceof MoonletError) || error.code !== 'KV_NOT_A_NUMBER') throw error
  throw new LuaMisuse(`kv.increment: ${error.message}`)
}

interface ListQuery { readonly prefix: Uint8Array | undefined, readonly limit: number | undefined, readonly after: Uint8Array | undefined }

/** One page, cut short where it gets too large; never empty while there are entries. */
export async function listEntries (kv: KvStore, scope: string, { prefix = new Uint8Array(), limit = 100, after }: ListQuery): Promise<Array<{ key: Uint8Array, value: Uint8Array }>> {
  const entries: KvEntry[] = await kv.list(scope, { prefix, after, limit, maxBytes: MAX_LIST_BYTES })
  return entries.map(({ key, value }) => ({ key, value }))
}
