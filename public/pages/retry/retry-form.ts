/** When jobs of a function are tried again, as a form holds it. */
import type { RetryPolicy } from '../../api/types.js'

/** Of a function that sets none. */
export const defaultRetry: RetryPolicy = {
  max_attempts: 5,
  first_delay_seconds: 10,
  factor: 3,
  max_delay_seconds: 3600,
  jitter: 0.1
}

export const retryNames = [
  'max_attempts',
  'first_delay_seconds',
  'factor',
  'max_delay_seconds',
  'jitter'
] as const
export type RetryName = (typeof retryNames)[number]

export interface RetryForm {
  /** It has a policy of its own. */
  isOwn: boolean
  numbers: Record<RetryName, string>
}

export const toRetryForm = (retry: RetryPolicy | undefined): RetryForm => ({
  isOwn: retry !== undefined,
  numbers: Object.fromEntries(
    retryNames.map(name => [name, String((retry ?? defaultRetry)[name])])
  ) as RetryForm['numbers']
})

/** As the management API takes it; `{}` for none. What is left empty is the default. */
export function toRetry({ isOwn, numbers }: RetryForm): object {
  if (!isOwn) return {}
  const given = retryNames.map(name => {
    const text = numbers[name].trim()
    return [name, text === '' ? defaultRetry[name] : Number(text)] as const
  })
  return Object.fromEntries(given)
}

/** Seconds before the second attempt, the third and so on, without what chance adds; at most `count`. */
export function toDelays({ isOwn, numbers }: RetryForm, count: number): number[] {
  const policy = { ...defaultRetry, ...toRetry({ isOwn, numbers }) }
  const {
    max_attempts: attempts,
    first_delay_seconds: first,
    factor,
    max_delay_seconds: max
  } = policy
  const length = Math.max(0, Math.min(count, Math.floor(attempts) - 1))
  return Array.from({ length }, (_, index) => Math.min(first * factor ** index, max))
}
