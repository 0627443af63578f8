/** Text: a Lua string, which the host function gets decoded. */
import { fromText } from '../../base/binary.js'
import { numberToString } from '../../base/number-text.js'
import { unfit, type ArgumentCheck, type Declaration, type WireCodec } from './kind.js'
import { TypeMismatch } from './mismatch.js'
import { atMostBytes, tooLong } from './string-limits.js'
import { fromBinary, fromUnicode, isWireText, toUnicode } from './wire-text.js'
import { wrongResult } from './wrong-result.js'

interface Limits {
  readonly max?: number
  readonly oneOf?: readonly string[]
}

export interface TextType extends Limits {
  readonly kind: 'text'
}

declare module './kind.js' {
  interface LuaTypes {
    text: TextType
  }
  interface Values {
    text: string
  }
}

/** Text; numbers are accepted and converted as `tostring` does. `max` counts bytes. */
export const Text = (limits: Limits = {}): TextType => ({ kind: 'text', ...limits })

export const declaration: Declaration<TextType> = {
  isComplete: () => true,
  print: ({ oneOf }) => oneOf?.map(text => JSON.stringify(text)).join(' | ') ?? 'string',
  // Where text is wanted, numbers are taken too.
  printParameter: type =>
    type.oneOf === undefined ? 'string|number' : declaration.print(type, String),
  limits: atMostBytes,
  parts: () => [],
  withoutDocs: type => type
}

const MAX_QUOTED = 40

function notOneOf(allowed: readonly string[], got: string): TypeMismatch {
  const choices = allowed.map(text => `'${fromText(text)}'`).join(', ')
  const quoted = got.length > MAX_QUOTED ? `${got.slice(0, MAX_QUOTED)}…` : got
  return new TypeMismatch(`one of ${choices} expected, got '${quoted}'`)
}

export const argument: ArgumentCheck<TextType> = {
  luaTypes: () => ['string'],
  compile({ max = Infinity, oneOf }, { wire, expected }) {
    const allowed = oneOf === undefined ? undefined : new Set(oneOf.map(fromText))
    return value => {
      const text = typeof value === 'number' ? numberToString(value) : value
      if (typeof text !== 'string') return expected(value)
      if (text.length > max) return tooLong(max, text.length)
      if (allowed?.has(text) === false) return notOneOf(oneOf ?? [], text)
      return wire ? fromBinary(text) : text
    }
  }
}

export const wire: WireCodec<TextType> = {
  decode({ max = Infinity, oneOf }) {
    return value => {
      if (!isWireText(value) || value.length > max) return unfit
      const text = toUnicode(value)
      return oneOf === undefined || oneOf.includes(text) ? text : unfit
    }
  },
  encode: () => value =>
    typeof value === 'string' ? fromUnicode(value) : wrongResult('a string', value)
}
