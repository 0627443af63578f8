/** The store that all functions share. */
import type { KvStore } from '../../../core/contracts/kv.js'
import { host } from '../../../core/lua/module.js'
import { Bool, Bytes, Dict, List, Optional } from '../../../core/lua/types/declare.js'
import { expiry, listEntries, readAll, readKeys, trueAfter, writing } from './operations.js'
import { Entries, key, listParams, setOptions, value } from './types.js'

const GLOBAL = ''

export const sharedEntryFunctions = (kv: KvStore) => ({
  getGlobal: host({
    doc: 'Returns the value stored under a key in the store that all functions share, or nil.',
    params: [key],
    returns: Optional(Bytes()),
    example: 'kv.setGlobal("motd", "hello everybody")\nreturn { body = kv.getGlobal("motd") }',
    run: (_call, key) => kv.get(GLOBAL, key)
  }),
  setGlobal: host({
    doc: 'Stores a value under a key in the store that all functions share.',
    params: [key, value, setOptions],
    returns: Bool,
    returnDoc: 'Always true; the same holds when there is no room as for `kv.set`.',
    example:
      'kv.setGlobal("motd", "back at noon", { ttl = 7200 })\nreturn { body = kv.getGlobal("motd") }',
    oneWay: { result: true, mustWait: () => kv.isNearlyFull(GLOBAL) },
    run: (call, key, value, options) =>
      trueAfter(
        writing('kv.setGlobal', () =>
          kv.forExecution.set(call.executionId, GLOBAL, key, value, expiry(options))
        )
      )
  }),
  deleteGlobal: host({
    doc: 'Removes a key and its value from the store that all functions share.',
    params: [key],
    returns: Bool,
    returnDoc: 'Always true, also when there was no such key.',
    example:
      'kv.setGlobal("motd", "x")\nkv.deleteGlobal("motd")\nreturn { body = tostring(kv.getGlobal("motd")) }',
    oneWay: { result: true },
    run: (call, key) => trueAfter(kv.forExecution.delete(call.executionId, GLOBAL, key))
  })
})

export const sharedListFunctions = (kv: KvStore) => ({
  listGlobal: host({
    doc: 'Returns entries of the store that all functions share, as `kv.list` does.',
    params: listParams,
    returns: Entries,
    example: 'kv.setGlobal("motd:en", "hello")\nreturn { body = kv.listGlobal("motd:")[1].value }',
    run: (_call, prefix, limit, after) => listEntries(kv, GLOBAL, { prefix, limit, after })
  }),
  listGlobalKeys: host({
    doc: 'Returns all keys of the store that all functions share, in byte order; bounded as `kv.listKeys` is.',
    params: [],
    returns: List(Bytes()),
    example:
      'kv.setGlobal("motd", "hello")\nreturn { body = table.concat(kv.listGlobalKeys(), ", ") }',
    run: () => readKeys(kv, GLOBAL, 'listGlobalKeys')
  }),
  allGlobal: host({
    doc: 'Returns a table of all keys and values of the store that all functions share; bounded as `kv.all` is.',
    params: [],
    returns: Dict(Bytes()),
    example: 'kv.setGlobal("motd", "hello")\nreturn { body = kv.allGlobal().motd }',
    run: () => readAll(kv, GLOBAL, 'allGlobal')
  })
})
