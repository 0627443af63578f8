/** Many entries of the function's own store at once. */
import type { KvStore } from '../../../core/contracts/kv.js'
import { host } from '../../../core/lua/module.js'
import { Bytes, Dict, List } from '../../../core/lua/types/declare.js'
import { listEntries, readAll, readKeys } from './operations.js'
import { Entries, listParams } from './types.js'

export const listFunctions = (kv: KvStore) => ({
  list: host({
    doc:
      'Returns entries in the byte order of their keys, at most `limit` and about 4 MiB at once. ' +
      'To read everything, call it again with `after` set to the last key until the list is empty.',
    params: listParams,
    returns: Entries,
    example:
      'kv.set("user:1", "Ada")\n' +
      'kv.set("user:2", "Bob")\n' +
      'local names = {}\n' +
      'for _, entry in ipairs(kv.list("user:")) do\n' +
      '  names[#names + 1] = entry.value\n' +
      'end\n' +
      'return { body = table.concat(names, ", ") }',
    run: (call, prefix, limit, after) => listEntries(kv, call.functionId, { prefix, limit, after })
  }),
  listKeys: host({
    doc:
      'Returns all keys in byte order. Raises when they are more than 100,000 or have more than 8 ' +
      'MiB; `kv.list` reads in parts.',
    params: [],
    returns: List(Bytes()),
    example:
      'kv.set("b", "2")\nkv.set("a", "1")\nreturn { body = table.concat(kv.listKeys(), ", ") }',
    run: call => readKeys(kv, call.functionId, 'listKeys')
  }),
  all: host({
    doc:
      'Returns a table of all keys and their values. Raises when they are more than 100,000 or ' +
      'have more than 8 MiB; `kv.list` reads in parts.',
    params: [],
    returns: Dict(Bytes()),
    example: 'kv.set("name", "Ada")\nreturn { body = kv.all().name }',
    run: call => readAll(kv, call.functionId, 'all')
  })
})
