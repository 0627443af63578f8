/** When jobs of a function are tried again. */
import { defaultRetry, type RetryPolicy } from '../../contracts/front-door.js'
import { refuse } from '../text.js'
import { readFields } from './fields.js'

const FIELD = 'retry'
const DAY_SECONDS = 86_400

interface Bounds {
  readonly min: number
  readonly max: number
  readonly isWhole?: boolean
}

export const retryBounds: Readonly<Record<keyof RetryPolicy, Bounds>> = {
  max_attempts: { min: 1, max: 100, isWhole: true },
  first_delay_seconds: { min: 0, max: 30 * DAY_SECONDS },
  factor: { min: 1, max: 100 },
  max_delay_seconds: { min: 0, max: 30 * DAY_SECONDS },
  jitter: { min: 0, max: 1 }
}

/** Fields that are missing take the defaults. Throws VALIDATION. */
export function readRetry(value: unknown): RetryPolicy {
  const names = Object.keys(retryBounds) as (keyof RetryPolicy)[]
  const given = readFields(FIELD, value, names)
  const read = names.flatMap(name =>
    given[name] === undefined ? [] : [[name, readNumber(name, given[name])] as const]
  )
  return { ...defaultRetry, ...Object.fromEntries(read) }
}

function readNumber(name: keyof RetryPolicy, value: unknown): number {
  const { min, max, isWhole = false } = retryBounds[name]
  const kind = isWhole ? 'a whole number' : 'a number'
  const fits =
    typeof value === 'number' &&
    value >= min &&
    value <= max &&
    (!isWhole || Number.isInteger(value))
  return fits ? value : refuse(FIELD, `${name} must be ${kind} from ${min} to ${max}`)
}
