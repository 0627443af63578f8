/** Changes that depend on the value which is there, made in one step. */
import type { KvStore } from '../../../core/contracts/kv.js'
import { host, param } from '../../../core/lua/module.js'
import { Bool, Fields, Num, Optional, field } from '../../../core/lua/types/declare.js'
import { increment, writing } from './operations.js'
import { MAX_TTL, Value, key } from './types.js'

const by = param('by', Optional(Num()), 'What to add; 1 if left out, may be negative.')

const incrementOptions = param(
  'options',
  Optional(
    Fields(
      {
        ttl: field(
          Optional(Num({ min: 0.001, max: MAX_TTL })),
          'Seconds after which the number is gone, from when it was first counted; a number ' +
            'that expires already keeps its time.'
        )
      },
      'KvIncrementOptions'
    )
  ),
  'How long a new number is kept; for good without it.'
)

export const atomicFunctions = (kv: KvStore) => ({
  increment: host({
    doc:
      'Adds to the number stored under a key and returns the sum, atomically: runs at the same ' +
      'time never lose a step, and the time to live is set with the first. An absent key counts as ' +
      '0. Raises when the value is no number.',
    params: [key, by, incrementOptions],
    returns: Num(),
    example:
      'local calls = kv.increment("calls:" .. (event:header("x-user") or ""), 1, { ttl = 60 })\n' +
      'if calls > 100 then return { statusCode = 429, body = "wait a minute" } end\n' +
      'return { body = "call " .. calls }',
    run: (call, key, by = 1, options) =>
      increment(kv.forExecution, call, { scope: call.functionId, key, by, options })
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

export const sharedAtomicFunctions = (kv: KvStore) => ({
  incrementGlobal: host({
    doc: 'The same as `kv.increment` in the store that all functions share.',
    params: [key, by, incrementOptions],
    returns: Num(),
    example: 'return { body = "visit " .. kv.incrementGlobal("visits") }',
    run: (call, key, by = 1, options) =>
      increment(kv.forExecution, call, { scope: '', key, by, options })
  })
})
