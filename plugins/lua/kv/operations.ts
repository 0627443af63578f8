/** What the functions of `kv` do beyond one call of the store. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { MaybePromise } from '../../../core/base/maybe-promise.js'
import type { KvEntry, KvStore, ExecutionKv } from '../../../core/contracts/kv.js'
import { MoonletError } from '../../../core/base/errors.js'
import type { HostCall } from '../../../core/lua/module.js'
import { LuaMisuse } from '../../../core/lua/errors.js'
import { MAX_ALL, MAX_ALL_BYTES, MAX_LIST, MAX_LIST_BYTES } from './types.js'

/** Unix milliseconds at which a value with these options is gone. */
export const expiry = (options: { ttl: number | undefined } | undefined): number | undefined =>
  options?.ttl === undefined ? undefined : Date.now() + Math.ceil(options.ttl * 1000)

interface Increment {
  readonly scope: string
  readonly key: Uint8Array
  readonly by: number
  readonly options: Parameters<typeof expiry>[0]
}

/** The sum. Misuse when the value is not a number, or the sum cannot be kept exactly. */
export function increment(
  writes: ExecutionKv,
  { executionId }: HostCall,
  { scope, key, by, options }: Increment
): MaybePromise<number> {
  const name = scope === '' ? 'kv.incrementGlobal' : 'kv.increment'
  if (!Number.isFinite(by)) {
    throw new LuaMisuse(`bad argument #2 to '${name}' (a finite number expected)`)
  }
  return writing(name, () => writes.increment(executionId, scope, key, by, expiry(options)))
}

/** A write whose refusal (no room, or not a number) is a Lua error that says why. */
export function writing<T>(name: string, write: () => MaybePromise<T>): MaybePromise<T> {
  const raise = (error: unknown): never => {
    const isRefusal =
      error instanceof MoonletError &&
      (error.code === 'KV_NOT_A_NUMBER' || error.code === 'QUOTA_EXCEEDED')
    throw isRefusal ? new LuaMisuse(`${name}: ${error.message}`) : error
  }
  try {
    const result = write()
    return result instanceof Promise ? result.catch(raise) : result
  } catch (error) {
    return raise(error)
  }
}

interface ListQuery {
  readonly prefix: Uint8Array | undefined
  readonly limit: number | undefined
  readonly after: Uint8Array | undefined
}

/** One page, cut short where it gets too large; never empty while there are entries. */
export async function listEntries(
  kv: KvStore,
  scope: string,
  { prefix = new Uint8Array(), limit = 100, after }: ListQuery
): Promise<Array<{ key: Uint8Array; value: Uint8Array }>> {
  const entries: KvEntry[] = await kv.list(scope, {
    prefix,
    after,
    limit,
    maxBytes: MAX_LIST_BYTES
  })
  return entries.map(({ key, value }) => ({ key, value }))
}

/** All keys of a store. Misuse when they are too many for one answer. */
export function readKeys(
  kv: KvStore,
  scope: string,
  name: string,
  prefix?: Uint8Array
): Promise<Uint8Array[]> {
  return readPages(
    name,
    after => kv.keys(scope, { prefix, after, limit: MAX_LIST }),
    key => key,
    key => key.length
  )
}

/** All of a store. Misuse when it is too much for one answer. */
export async function readAll(
  kv: KvStore,
  scope: string,
  name: string
): Promise<Map<Uint8Array, Uint8Array>> {
  const query = { prefix: new Uint8Array(), limit: MAX_LIST, maxBytes: MAX_LIST_BYTES }
  const entries = await readPages(
    name,
    after => kv.list(scope, { ...query, after }),
    ({ key }) => key,
    sizeOf
  )
  return new Map(entries.map(({ key, value }) => [key, value]))
}

const sizeOf = ({ key, value }: KvEntry): number => key.length + value.length

/** Reads until a page is empty; others get their turn between pages. */
async function readPages<T>(
  name: string,
  readPage: (after: Uint8Array | undefined) => Promise<T[]>,
  keyOf: (item: T) => Uint8Array,
  bytesOf: (item: T) => number
): Promise<T[]> {
  const items: T[] = []
  let bytes = 0
  for (let after: Uint8Array | undefined; ;) {
    const page = await readPage(after)
    const last = page.at(-1)
    if (last === undefined) return items
    for (const item of page) {
      items.push(item)
      bytes += bytesOf(item)
    }
    if (items.length > MAX_ALL || bytes > MAX_ALL_BYTES) throw tooMuch(name)
    after = keyOf(last)
    await nextTurn()
  }
}

const tooMuch = (name: string): LuaMisuse =>
  new LuaMisuse(
    `kv.${name}: the store has more than ${MAX_ALL} entries or ${MAX_ALL_BYTES / 1024 ** 2} MiB; ` +
      `read it in parts with kv.${name.includes('Global') ? 'listGlobal' : 'list'}`
  )

/** True when the write is carried out; what it gives is a promise, of whichever library, or no object. */
export const trueAfter = (write: MaybePromise<boolean | void>): MaybePromise<true> =>
  typeof write === 'object' ? Promise.resolve(write).then(() => true) : true
