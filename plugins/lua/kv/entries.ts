/** Single entries of the function's own store. */
import type { KvStore } from '../../../core/contracts/kv.js'
import { host } from '../../../core/lua/module.js'
import { Bool, Bytes, Optional } from '../../../core/lua/types/declare.js'
import { expiry, trueAfter, writing } from './operations.js'
import { key, setOptions, value } from './types.js'

export const entryFunctions = (kv: KvStore) => ({
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
      'Always true. Raises when the store has no room left. The run fails when the store does, or when ' +
      'others take the last room at the same moment.',
    example: 'kv.set("session:42", "Ada", { ttl = 3600 })\nreturn { body = kv.get("session:42") }',
    oneWay: { result: true, mustWait: functionId => kv.isNearlyFull(functionId) },
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
    run: (call, key) => trueAfter(kv.forExecution.delete(call.executionId, call.functionId, key))
  })
})
