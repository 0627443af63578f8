/** The range of numbers. */
import { TypeMismatch } from './mismatch.js'

export interface Range {
  readonly min?: number
  readonly max?: number
}

export function printRange({ min, max }: Range): string | undefined {
  if (min !== undefined && max !== undefined) return `${min} to ${max}`
  if (min !== undefined) return `at least ${min}`
  return max === undefined ? undefined : `at most ${max}`
}

export const isInRange = ({ min, max }: Range, value: number): boolean =>
  (min === undefined || value >= min) && (max === undefined || value <= max)

/** `got` is the number as Lua writes it. */
export function outOfRange({ min, max }: Range, got: string): TypeMismatch {
  if (min !== undefined && max !== undefined) {
    return new TypeMismatch(`number from ${min} to ${max} expected, got ${got}`)
  }
  const bound = min !== undefined ? `at least ${min}` : `at most ${max}`
  return new TypeMismatch(`number of ${bound} expected, got ${got}`)
}
