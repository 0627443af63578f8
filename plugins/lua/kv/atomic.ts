/** Changes that depend on the value which is there, made in one step. */
import type { KvStore } from '../../../core/contracts/kv.js'
import { host, param } from '../../../core/lua/module.js'
import { Bool, Num, Optional } from '../../../core/lua/types/declare.js'
import { increment, writing } from './operations.js'
import { Value, key } from './types.js'

export const atomicFunctions = (kv: KvStore) => ({
  increment: host({
    doc:
      'Adds to the number stored under a key and returns the sum, atomically: runs at the same ' +
      'time never lose a step. An absent key counts as 0. Raises when the value is no number.',
    params: [key, param('by', Optional(Num()), 'What to add; 1 if left out, may be negative.')],
    returns: Num(),
    example: 'local count = kv.increment("visits")\nreturn { body = "visit " .. count }',
    run: (call, key, by = 1) => increment(kv.forExecution, call, key, by)
  }),
  compareAndSet: host({
    doc:
      'Replaces a value only if it is still the expected one, atomically. Expecting nil means that ' +
      'the key must be absent; a new value of nil removes the key. Read, compute and try again ' +
      'when it returns false.',
    params: [
      key,
      param('expected', Optional(Value), 'The value that must be there now, or nil for none.'),
      param('new', Optional(Value), 'The value to store, or nil to remove the key.')
    ],
    returns: Bool,
    returnDoc: 'True if the value was replaced, false if it was not the expected one.',
    example:
      'if kv.compareAndSet("lock", nil, "mine") then\n' +
      '  kv.compareAndSet("lock", "mine", nil)\n' +
      '  return { body = "had the lock" }\n' +
      'end\n' +
      'return { statusCode = 409, body = "locked" }',
    run: (call, key, expected, next) =>
      writing('kv.compareAndSet', () =>
        kv.forExecution.compareAndSet(call.executionId, call.functionId, key, expected, next)
      )
  })
})
