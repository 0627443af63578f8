/** Bytes: a Lua string, which the host function gets as it is. */
import { toBytes } from '../../base/binary.js'
import { numberToString } from '../../base/number-text.js'
import { unfit, type ArgumentCheck, type Declaration, type WireCodec } from './kind.js'
import { atMostBytes, tooLong } from './string-limits.js'
import { fromBinary } from './wire-text.js'
import { wrongResult } from './wrong-result.js'

interface Limits {
  readonly max?: number
}

export interface BytesType extends Limits {
  readonly kind: 'bytes'
}

declare module './kind.js' {
  interface LuaTypes {
    bytes: BytesType
  }
  interface Values {
    bytes: Uint8Array
  }
}

/** Any bytes; numbers are accepted and converted as `tostring` does. `max` counts bytes. */
export const Bytes = (limits: Limits = {}): BytesType => ({ kind: 'bytes', ...limits })

export const declaration: Declaration<BytesType> = {
  isComplete: () => true,
  print: () => 'string',
  printParameter: () => 'string|number',
  limits: atMostBytes,
  parts: () => [],
  withoutDocs: type => type
}

export const argument: ArgumentCheck<BytesType> = {
  luaTypes: () => ['string'],
  compile({ max = Infinity }, { wire, expected }) {
    return value => {
      const bytes = typeof value === 'number' ? numberToString(value) : value
      if (typeof bytes !== 'string') return expected(value)
      if (bytes.length > max) return tooLong(max, bytes.length)
      return wire ? fromBinary(bytes) : bytes
    }
  }
}

/** Copies: bytes of a frame are a view of what was read from the channel, and would keep all of it alive. */
function copyOf(value: unknown): Buffer | typeof unfit {
  if (typeof value === 'string') return toBytes(value)
  return value instanceof Uint8Array ? Buffer.from(value) : unfit
}

export const wire: WireCodec<BytesType> = {
  decode({ max = Infinity }) {
    return value => {
      const bytes = copyOf(value)
      return bytes === unfit || bytes.length > max ? unfit : bytes
    }
  },
  encode: () => value => (value instanceof Uint8Array ? value : wrongResult('bytes', value))
}
