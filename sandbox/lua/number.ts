/** Numerals as numbers. What the other way is the same for all of Moonlet stands in ../../protocol/number-text.ts. */
export {
  MAX_INTEGER,
  formatGeneral,
  numberToString,
  signedExponent,
  toFixed,
  toScientific
} from '../../core/base/number-text.js'

const DECIMAL = /^[ \t\n\v\f\r]*([-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)[ \t\n\v\f\r]*$/
const HEXADECIMAL =
  /^[ \t\n\v\f\r]*([-+]?)0[xX]([\da-fA-F]*)(?:\.([\da-fA-F]*))?(?:[pP]([-+]?\d+))?[ \t\n\v\f\r]*$/

/** The number that a numeral says, in source or for `tonumber`; undefined when it is none. */
export function parseNumber(text: string): number | undefined {
  const decimal = DECIMAL.exec(text)
  if (decimal !== null) return Number(decimal[1])
  const hex = HEXADECIMAL.exec(text)
  if (hex === null) return undefined
  const [, sign, whole = '', fraction = '', power = '0'] = hex
  const digits = whole + fraction
  if (digits === '') return undefined
  let n = 0
  for (let i = 0; i < digits.length; i++) n = n * 16 + parseInt(digits.charAt(i), 16)
  n = scale(n, Number(power) - 4 * fraction.length)
  return sign === '-' ? -n : n
}

/** n · 2^power without overflow on the way. */
export function scale(n: number, power: number): number {
  while (power > 1000 && n !== 0 && Number.isFinite(n)) {
    n *= 2 ** 1000
    power -= 1000
  }
  while (power < -1000 && n !== 0) {
    n *= 2 ** -1000
    power += 1000
  }
  return Math.abs(power) > 1000 ? n : n * 2 ** power
}
