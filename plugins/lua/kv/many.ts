/** Several entries in one call, and all whose keys begin alike; of the function's own store or of the shared one. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { KvStore } from '../../../core/contracts/kv.js'
import { LuaMisuse } from '../../../core/lua/errors.js'
import { limits } from '../../../core/validation/limits.js'
import { host, param, type HostCall } from '../../../core/lua/module.js'
import { Bool, Bytes, Dict, Int, List, Optional } from '../../../core/lua/types/declare.js'
import { expiry, readKeys, trueAfter, writing } from './operations.js'
import { Key, MAX_ALL_BYTES, MAX_LIST, Value, key, setOptions, value } from './types.js'

const MAX_MANY = MAX_LIST

/** The store that a call of the module means, and how its functions are named. */
interface Store {
  readonly kv: KvStore
  readonly suffix: '' | 'Global'
  readonly scopeOf: (call: HostCall) => string
  /** How the documentation names it. */
  readonly place: string
}

const keysParam = param('keys', List(Key), `The keys, at most ${MAX_MANY}.`)
const prefixParam = param('prefix', Key, 'What the keys begin with; `""` means all.')
const entriesParam = param('entries', Dict(Value), `Values by key, at most ${MAX_MANY}.`)

const ifAbsent = ({ kv, suffix, scopeOf, place }: Store) =>
  host({
    doc: `Stores a value ${place} only if there is none under the key, atomically.`,
    params: [key, value, setOptions],
    returns: Bool,
    returnDoc: 'True if the value was stored, false if the key has one.',
    example:
      `if not kv.setIfAbsent${suffix}("job:42", "running", { ttl = 60 }) then\n` +
      '  return { statusCode = 409, body = "runs already" }\n' +
      'end\n' +
      'return { body = "started" }',
    run: (call, key, value, options) =>
      writing(`kv.setIfAbsent${suffix}`, () =>
        kv.forExecution.compareAndSet(
          call.executionId,
          scopeOf(call),
          key,
          undefined,
          value,
          expiry(options)
        )
      )
  })

const keys = ({ kv, suffix, scopeOf, place }: Store) =>
  host({
    doc:
      `Returns the keys ${place} that begin with a prefix, in byte order. Raises when they are more ` +
      'than 100,000 or have more than 8 MiB.',
    params: [param('prefix', Optional(Key), 'What the keys begin with; all keys without it.')],
    returns: List(Bytes()),
    example:
      `kv.set${suffix}("user:1", "Ada")\n` +
      `return { body = table.concat(kv.keys${suffix}("user:"), ", ") }`,
    run: (call, prefix) => readKeys(kv, scopeOf(call), `keys${suffix}`, prefix)
  })

const deletePrefix = ({ kv, suffix, scopeOf, place }: Store) =>
  host({
    doc:
      `Removes all entries ${place} whose keys begin with a prefix. They go one after the other: ` +
      'runs at the same time may see some of them gone.',
    params: [prefixParam],
    returns: Int(),
    returnDoc: 'How many were removed.',
    example: `kv.set${suffix}("cart:1", "x")\nreturn { body = kv.deletePrefix${suffix}("cart:") .. " removed" }`,
    async run(call, prefix) {
      let removed = 0
      while (!call.signal.aborted) {
        const page = await kv.keys(scopeOf(call), { prefix, after: undefined, limit: MAX_LIST })
        if (page.length === 0) break
        for (const key of page) {
          if (await kv.forExecution.delete(call.executionId, scopeOf(call), key)) removed++
        }
        await nextTurn()
      }
      return removed
    }
  })

const getMany = ({ kv, suffix, scopeOf, place }: Store) =>
  host({
    doc: `Returns the values ${place} of several keys. Raises when they have more than 8 MiB together.`,
    params: [keysParam],
    returns: Dict(Bytes()),
    returnDoc: 'Values by key, without the keys that have none.',
    example: `kv.set${suffix}("a", "1")\nreturn { body = kv.getMany${suffix}({ "a", "b" }).a }`,
    async run(call, keys) {
      const name = `kv.getMany${suffix}`
      checkCount(name, keys.length)
      const found = new Map<Uint8Array, Uint8Array>()
      let bytes = 0
      for (const key of keys) {
        const value = await kv.get(scopeOf(call), key)
        if (value === undefined) continue
        bytes += value.length
        if (bytes > MAX_ALL_BYTES) {
          throw new LuaMisuse(`${name}: the values have more than ${MAX_ALL_BYTES / 1024 ** 2} MiB`)
        }
        found.set(key, value)
      }
      return found
    }
  })

const setMany = ({ kv, suffix, scopeOf, place }: Store) =>
  host({
    doc:
      `Stores several values ${place}. Keys must be UTF-8. When there is no room for one, it raises, ` +
      'and those before are stored.',
    params: [entriesParam, setOptions],
    returns: Bool,
    returnDoc: 'Always true.',
    example: `kv.setMany${suffix}({ a = "1", b = 2 }, { ttl = 60 })\nreturn { body = kv.get${suffix}("b") }`,
    async run(call, entries, options) {
      const name = `kv.setMany${suffix}`
      const list = Object.entries(entries)
      checkCount(name, list.length)
      for (const [key] of list) checkKey(name, key)
      const expiresAt = expiry(options)
      for (const [key, value] of list) {
        await trueAfter(
          writing(name, () =>
            kv.forExecution.set(call.executionId, scopeOf(call), Buffer.from(key), value, expiresAt)
          )
        )
      }
      return true
    }
  })

function checkCount(name: string, count: number): void {
  if (count > MAX_MANY) throw new LuaMisuse(`${name}: at most ${MAX_MANY} at once, got ${count}`)
}

/** A key that was no UTF-8 has come as another text. */
function checkKey(name: string, key: string): void {
  const max = limits.kvKeyBytes
  if (key.includes('\ufffd')) throw new LuaMisuse(`${name}: a key is no UTF-8; use kv.set for it`)
  if (Buffer.byteLength(key) > max) {
    throw new LuaMisuse(`${name}: a key has more than ${max} bytes`)
  }
}

export const manyFunctions = (kv: KvStore) => {
  const store: Store = {
    kv,
    suffix: '',
    scopeOf: call => call.functionId,
    place: "in the function's own store"
  }
  return {
    setIfAbsent: ifAbsent(store),
    keys: keys(store),
    deletePrefix: deletePrefix(store),
    getMany: getMany(store),
    setMany: setMany(store)
  }
}

export const sharedManyFunctions = (kv: KvStore) => {
  const store: Store = {
    kv,
    suffix: 'Global',
    scopeOf: () => '',
    place: 'in the store that all functions share'
  }
  return {
    setIfAbsentGlobal: ifAbsent(store),
    keysGlobal: keys(store),
    deletePrefixGlobal: deletePrefix(store),
    getManyGlobal: getMany(store),
    setManyGlobal: setMany(store)
  }
}
