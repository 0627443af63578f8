/** A number. */
import { numberToString } from '../../base/number-text.js'
import { unfit, type ArgumentCheck, type Declaration, type WireCodec } from './kind.js'
import { isInRange, outOfRange, printRange, type Range } from './number-range.js'
import { wrongResult } from './wrong-result.js'

export interface NumberType extends Range {
  readonly kind: 'number'
}

declare module './kind.js' {
  interface LuaTypes {
    number: NumberType
  }
  interface Values {
    number: number
  }
}

/** A number; numeric text is refused. */
export const Num = (range: Range = {}): NumberType => ({ kind: 'number', ...range })

export const declaration: Declaration<NumberType> = {
  isComplete: () => true,
  print: () => 'number',
  limits: printRange,
  parts: () => [],
  withoutDocs: type => type
}

export const argument: ArgumentCheck<NumberType> = {
  luaTypes: () => ['number'],
  compile(type, { expected }) {
    return value => {
      if (typeof value !== 'number') return expected(value)
      return isInRange(type, value) ? value : outOfRange(type, numberToString(value))
    }
  }
}

export const wire: WireCodec<NumberType> = {
  decode(type) {
    return value => (typeof value === 'number' && isInRange(type, value) ? value : unfit)
  },
  encode: () => value => (typeof value === 'number' ? value : wrongResult('a number', value))
}
