/**
 * Numbers as text, as every part of Moonlet writes them. Every number is a double, as in Lua 5.1: whole numbers are
 * written with all their digits, without a point or exponent, as far as a 64-bit integer reaches (ids are such);
 * everything else is written as C's "%.14g".
 */

/** Up to here every whole number is a double of its own, and JavaScript's own text has all its digits. */
export const MAX_INTEGER = 2 ** 53
/** Whole numbers up to this size are written out. */
const MAX_WRITTEN_OUT = 2 ** 63

/** A number as `tostring` gives it. */
export function numberToString(n: number): string {
  if (n === Math.floor(n)) {
    // Also makes "0" of minus zero, which whole-number code meets by chance and never means.
    if (n <= MAX_INTEGER && n >= -MAX_INTEGER) return String(n)
    if (n <= MAX_WRITTEN_OUT && n >= -MAX_WRITTEN_OUT) return BigInt(n).toString()
    if (n === Infinity) return 'inf'
    if (n === -Infinity) return '-inf'
  } else if (Number.isNaN(n)) {
    return 'nan'
  }
  return formatGeneral(n, 14)
}

/** C's "%.{precision}g" for a finite number. */
export function formatGeneral(n: number, precision: number, keepZeros = false): string {
  const short = String(n)
  // Digits that are few enough already, in a range where both write plainly, need no rounding.
  const size = Math.abs(n)
  if (
    !keepZeros &&
    size >= 1e-4 &&
    size < 1e15 &&
    precision <= EXACT_DIGITS &&
    short.length <= precision
  ) {
    return short
  }
  if (precision === 0) precision = 1
  const { mantissa, exponent } = toScientific(n, precision - 1)
  const finish = keepZeros ? withPoint : withoutZeros
  if (exponent < -4 || exponent >= precision) {
    return finish(mantissa) + 'e' + signedExponent(exponent)
  }
  return finish(toFixed(n, Math.min(MAX_DIGITS, precision - 1 - exponent)))
}

/** So many digits of a decimal numeral survive in a double; JavaScript's shortest text may hide those after them. */
const EXACT_DIGITS = 15
/** Digits that JavaScript writes at most. */
const MAX_DIGITS = 100
/** So many more than wanted tell whether a double lies exactly half-way. */
const EXTRA = 26

/**
 * Given a positive number's digits with `extra` more than wanted: those wanted, when it lies exactly half-way and
 * they are even. Then C rounds down, where JavaScript rounds up.
 */
function roundedDown(digits: string, extra: number): string | undefined {
  if (extra <= 0 || !/^50*$/.test(digits.slice(-extra))) return undefined
  const kept = digits.slice(0, -extra).replace(/\.$/, '')
  return Number(kept.slice(-1)) % 2 === 0 ? kept : undefined
}

/** C's "%.{digits}f" of a number below 10^21. */
export function toFixed(n: number, digits: number): string {
  // Powers of ten are exact that far, so a number half-way shows in one multiplication.
  const scaled = digits <= 22 ? Math.abs(n) * 10 ** digits : Infinity
  if (scaled < 2 ** 52 && scaled % 1 !== 0.5) return n.toFixed(digits)
  const extra = Math.min(EXTRA, MAX_DIGITS - digits)
  const down = roundedDown(Math.abs(n).toFixed(digits + extra), extra)
  return down === undefined ? n.toFixed(digits) : (n < 0 ? '-' : '') + down
}

/** The parts of C's "%.{digits}e". */
export function toScientific(n: number, digits: number): { mantissa: string; exponent: number } {
  const [mantissa = '', power = '0'] = n.toExponential(digits).split('e')
  const extra = Math.min(EXTRA, MAX_DIGITS - digits)
  const [exact = '', exactPower = '0'] = Math.abs(n)
    .toExponential(digits + extra)
    .split('e')
  const down = roundedDown(exact, extra)
  if (down !== undefined) {
    return { mantissa: (n < 0 ? '-' : '') + down, exponent: Number(exactPower) }
  }
  return { mantissa, exponent: Number(power) }
}

const withPoint = (digits: string): string => (digits.includes('.') ? digits : digits + '.')

/** An exponent as C writes it: signed, with two digits or more. */
export function signedExponent(exponent: number): string {
  const digits = String(Math.abs(exponent))
  return (exponent < 0 ? '-' : '+') + (digits.length < 2 ? '0' + digits : digits)
}

function withoutZeros(digits: string): string {
  if (!digits.includes('.')) return digits
  let end = digits.length
  while (digits.charCodeAt(end - 1) === 48) end--
  if (digits.charCodeAt(end - 1) === 46) end--
  return digits.slice(0, end)
}
