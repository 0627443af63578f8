/** Stored values that are numbers. */
import { MoonletError } from '../../../core/base/errors.js'
import { numberToString } from '../../../core/base/number-text.js'

const MAX_NUMBER_BYTES = 400
const decimal = /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/

/** The sum, and the text that is stored of it; nothing stored counts as 0. Throws KV_NOT_A_NUMBER. */
export function addTo(
  value: Uint8Array | undefined,
  by: number
): { readonly sum: number; readonly text: string } {
  const sum = toNumber(value) + by
  if (!Number.isFinite(sum)) {
    throw new MoonletError(
      'KV_NOT_A_NUMBER',
      `The sum ${sum} is not a finite number; the value was left as it was.`
    )
  }
  // A whole sum with all its digits, as Lua shows it; a fraction so that it reads back as the same number.
  return { sum, text: Number.isInteger(sum) ? numberToString(sum) : String(sum) }
}

function toNumber(value: Uint8Array | undefined): number {
  if (value === undefined) return 0
  const text = value.length > MAX_NUMBER_BYTES ? '' : Buffer.from(value).toString('latin1')
  if (decimal.test(text)) return Number(text)
  const shown = text === '' ? '' : `: ${JSON.stringify(text.slice(0, 40))}`
  throw new MoonletError(
    'KV_NOT_A_NUMBER',
    `The stored value is no decimal number (${value.length} bytes${shown}); it was left as it was.`
  )
}
