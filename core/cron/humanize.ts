const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** How far away a time (Unix seconds) is from `now` (Unix milliseconds), in words, rounded down. */
export function humanizeNextRun(seconds: number, now: number): string {
  const away = seconds - now / 1000
  if (away < 0) return 'overdue'
  if (away < MINUTE) return 'in less than a minute'
  if (away < HOUR) return inUnits(away / MINUTE, 'minute')
  if (away < DAY) return inUnits(away / HOUR, 'hour')
  return inUnits(away / DAY, 'day')
}

function inUnits(amount: number, unit: string): string {
  const whole = Math.floor(amount)
  return `in ${whole} ${unit}${whole === 1 ? '' : 's'}`
}
