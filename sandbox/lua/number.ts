/** Numerals as numbers; the other way, the same for all of Moonlet, is core/base/number-text.ts. */
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
  if (whole === '' && fraction === '') return undefined
  const digits = (whole + fraction).replace(/^0+/, '')
  const dropped = Math.max(0, digits.length - MAX_HEX_DIGITS)
  const n = scale(roundedHex(digits), Number(power) + 4 * (dropped - fraction.length))
  return sign === '-' ? -n : n
}

/** Hexadecimal digits that are read: more than decide how a double is rounded, fewer than it takes to overflow. */
const MAX_HEX_DIGITS = 40

/** The first MAX_HEX_DIGITS digits as the nearest double; of those after them counts only whether all are zero. */
function roundedHex(digits: string): number {
  if (digits.length <= MAX_HEX_DIGITS) return Number(`0x0${digits}`)
  const rest = /[^0]/.test(digits.slice(MAX_HEX_DIGITS)) ? '1' : '0'
  return Number(`0x${digits.slice(0, MAX_HEX_DIGITS)}${rest}`) / 16
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
