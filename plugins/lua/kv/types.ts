/** Parameters and limits that the functions of `kv` share. */
import { param } from '../../../core/lua/module.js'
import { limits } from '../../../core/validation/limits.js'
import { Bytes, Fields, Int, List, Num, Optional, field } from '../../../core/lua/types/declare.js'

/** Longest time to live: a hundred years in seconds. */
export const MAX_TTL = 100 * 366 * 86400

export const Key = Bytes({ max: limits.kvKeyBytes })
export const Value = Bytes({ max: limits.kvValueBytes })

export const key = param('key', Key, 'Any bytes, up to 64 KiB; upper and lower case differ.')
export const value = param('value', Value, 'Any bytes, up to 8 MiB; numbers are kept as text.')

export const setOptions = param(
  'options',
  Optional(
    Fields(
      {
        ttl: field(
          Optional(Num({ min: 0.001, max: MAX_TTL })),
          'Seconds after which the value is gone; kept for good without it.'
        )
      },
      'KvSetOptions'
    )
  ),
  'How the value is kept.'
)

/** At most this many entries in one `kv.list`. */
export const MAX_LIST = 1000
/** Keys and values of one `kv.list` together; the last entry may go beyond. */
export const MAX_LIST_BYTES = 4 * 1024 * 1024

/** At most this many entries, and this many bytes of keys and values, in one `kv.all` or `kv.listKeys`. */
export const MAX_ALL = 100_000
export const MAX_ALL_BYTES = 8 * 1024 * 1024

export const listParams = [
  param('prefix', Optional(Key), 'Only keys that begin so; all keys without it.'),
  param(
    'limit',
    Optional(Int({ min: 1, max: MAX_LIST })),
    'At most so many entries, up to 1000; 100 if left out.'
  ),
  param('after', Optional(Key), 'Only keys behind this one.')
] as const

export const Entries = List(
  Fields(
    {
      key: field(Bytes(), 'The key.'),
      value: field(Bytes(), 'Its value.')
    },
    'KvEntry'
  )
)
