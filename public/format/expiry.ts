/** When keys and tokens expire, as people choose it. */
export const expiries = ['never', '30', '90', '365', 'date'] as const
const DAY_SECONDS = 86_400

interface ChosenExpiry {
  /** Days until it expires; 'never', or 'date' for the day below. */
  readonly expiry: string
  readonly date: string
}

/** In Unix seconds; undefined: never. A chosen day counts to its end, in the reader's time. */
export function expiryOf({ expiry, date }: ChosenExpiry): number | undefined {
  if (expiry === 'never') return undefined
  if (expiry === 'date') return Math.floor(new Date(`${date}T23:59:59`).getTime() / 1000)
  return Math.floor(Date.now() / 1000) + Number(expiry) * DAY_SECONDS
}
