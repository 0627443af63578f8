/** `kv`: values that outlive one execution. Writes are durable before the execution is answered, together with its record. */
import type { MaybePromise } from '../../../core/base/maybe-promise.js'
import type { Storage } from '../../../core/contracts/storage.js'
import { host, luaModule, param } from '../../../core/lua/module.js'
import { Bool, Bytes, Dict, List, Num, Optional } from '../../../core/lua/types/declare.js'
import { expiry, increment, listEntries, readAll, readKeys, writing } from './operations.js'
import { Entries, Value, key, listParams, setOptions, value } from './types.js'

/** The store shared by all functions. */
const GLOBAL = ''

/** True when the write is carried out; what it gives is a promise, of whichever library, or no object. */
const trueAfter = (write: MaybePromise<boolean | void>): MaybePromise<true> =>
  typeof write === 'object' ? Promise.resolve(write).then(() => true) : true

export function kvModule({ kv }: Pick<Storage, 'kv'>) {
  return luaModule('kv', {
    doc: 'Small values that outlive one execution, private to the function; and one store that all functions share.',
    functions: {
      get: host({
        doc: 'Returns the value stored under a key, or nil.',
        params: [key],
        returns: Optional(Bytes()),
        example: 'kv.set("name", "Ada")\nreturn { body = kv.get("name") }',
        run: (call, key) => kv.get(call.functionId, key)
      }),
      set: host({
        doc: 'Stores a value under a key, in place of the one that was there.',
        params: [key, value, setOptions],
        returns: Bool,
        returnDoc:
          'Always true. The run fails when the store does, or has no room left; a value of more than 16 KiB that has no room raises at once.',
        example:
          'kv.set("session:42", "Ada", { ttl = 3600 })\nreturn { body = kv.get("session:42") }',
        oneWay: { result: true },
        run: (call, key, value, options) =>
          trueAfter(
            writing('kv.set', () =>
              kv.forExecution.set(call.executionId, call.functionId, key, value, expiry(options))
            )
          )
      }),
      delete: host({
        doc: 'Removes a key and its value.',
        params: [key],
        returns: Bool,
        returnDoc: 'Always true, also when there was no such key.',
        example:
          'kv.set("draft", "x")\nkv.delete("draft")\nreturn { body = tostring(kv.get("draft")) }',
        oneWay: { result: true },
        run: (call, key) =>
          trueAfter(kv.forExecution.delete(call.executionId, call.functionId, key))
      }),
      increment: host({
        doc: 'Adds to the number stored under a key and returns the sum, atomically: runs at the same time never lose a step. An absent key counts as 0. Raises when the value is no number.',
        params: [key, param('by', Optional(Num()), 'What to add; 1 if left out, may be negative.')],
        returns: Num(),
        example: 'local count = kv.increment("visits")\nreturn { body = "visit " .. count }',
        run: (call, key, by = 1) => increment(kv.forExecution, call, key, by)
      }),
      compareAndSet: host({
        doc: 'Replaces a value only if it is still the expected one, atomically. Expecting nil means that the key must be absent; a new value of nil removes the key. Read, compute and try again when it returns false.',
        params: [
          key,
          param('expected', Optional(Value), 'The value that must be there now, or nil for none.'),
          param('new', Optional(Value), 'The value to store, or nil to remove the key.')
        ],
        returns: Bool,
        returnDoc: 'True if the value was replaced, false if it was not the expected one.',
        example:
          'if kv.compareAndSet("lock", nil, "mine") then\n  kv.compareAndSet("lock", "mine", nil)\n  return { body = "had the lock" }\nend\nreturn { statusCode = 409, body = "locked" }',
        run: (call, key, expected, next) =>
          writing('kv.compareAndSet', () =>
            kv.forExecution.compareAndSet(call.executionId, call.functionId, key, expected, next)
          )
      }),
      list: host({
        doc: 'Returns entries in the byte order of their keys, at most `limit` and about 4 MiB at once. To read everything, call it again with `after` set to the last key until the list is empty.',
        params: listParams,
        returns: Entries,
        example:
          'kv.set("user:1", "Ada")\nkv.set("user:2", "Bob")\nlocal names = {}\nfor _, entry in ipairs(kv.list("user:")) do\n  names[#names + 1] = entry.value\nend\nreturn { body = table.concat(names, ", ") }',
        run: (call, prefix, limit, after) =>
          listEntries(kv, call.functionId, { prefix, limit, after })
      }),
      listKeys: host({
        doc: 'Returns all keys in byte order. Raises when they are more than 100,000 or have more than 8 MiB; `kv.list` reads in parts.',
        params: [],
        returns: List(Bytes()),
        example:
          'kv.set("b", "2")\nkv.set("a", "1")\nreturn { body = table.concat(kv.listKeys(), ", ") }',
        run: call => readKeys(kv, call.functionId, 'listKeys')
      }),
      all: host({
        doc: 'Returns a table of all keys and their values. Raises when they are more than 100,000 or have more than 8 MiB; `kv.list` reads in parts.',
        params: [],
        returns: Dict(Bytes()),
        example: 'kv.set("name", "Ada")\nreturn { body = kv.all().name }',
        run: call => readAll(kv, call.functionId, 'all')
      }),
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
        oneWay: { result: true },
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
      }),
      listGlobal: host({
        doc: 'Returns entries of the store that all functions share, as `kv.list` does.',
        params: listParams,
        returns: Entries,
        example:
          'kv.setGlobal("motd:en", "hello")\nreturn { body = kv.listGlobal("motd:")[1].value }',
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
    }
  })
}
