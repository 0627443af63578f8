/** A number as `tostring` writes it: whole ones up to 2^53 without point or exponent, others as C's "%.14g". */
export function numberText (value: number): string {
  if (Number.isInteger(value) && Math.abs(value) <= 2 ** 53) return String(value)
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  const [mantissa = '', exponent = '0'] = value.toExponential(13).split('e')
  const power = Number(exponent)
  if (power >= -4 && power < 14) return String(Number(value.toPrecision(14)))
  return `${Number(mantissa)}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}
