/** A whole number. */
import { numberToString } from '../../base/number-text.js'
import { unfit, type ArgumentCheck, type Declaration, type WireCodec } from './kind.js'
import { isInRange, outOfRange, printRange, type Range } from './number-range.js'
import { wrongResult } from './wrong-result.js'

/** Up to here every whole number is a double of its own. */
const MAX_EXACT = 2 ** 53

export interface IntegerType extends Range {
  readonly kind: 'integer'
}

declare module './kind.js' {
  interface LuaTypes {
    integer: IntegerType
  }
  interface Values {
    integer: number
  }
}

/** A number whose fraction, if it has one, is cut. */
export const Int = (range: Range = {}): IntegerType => ({ kind: 'integer', ...range })

export const declaration: Declaration<IntegerType> = {
  isComplete: () => true,
  print: () => 'integer',
  limits: printRange,
  parts: () => [],
  withoutDocs: type => type
}

export const argument: ArgumentCheck<IntegerType> = {
  luaTypes: () => ['number'],
  compile(type, { expected }) {
    return value => {
      if (typeof value !== 'number') return expected(value)
      const whole = Math.trunc(value)
      if (!Number.isFinite(whole)) {
        const { min = -MAX_EXACT, max = MAX_EXACT } = type
        return outOfRange({ min, max }, numberToString(value))
      }
      return isInRange(type, whole) ? whole : outOfRange(type, numberToString(value))
    }
  }
}

export const wire: WireCodec<IntegerType> = {
  decode(type) {
    return value => (isWhole(value) && isInRange(type, value) ? value : unfit)
  },
  encode: () => value => (isWhole(value) ? value : wrongResult('a whole number', value))
}

const isWhole = (value: unknown): value is number => Number.isInteger(value)
