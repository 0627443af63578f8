/** Columns of a foreign row, checked. Each function throws an Error that names the column and its wrong value. */
import type { Row } from './lunar-database.js'

export function text(row: Row, column: string): string {
  const value = optionalText(row, column)
  if (value === undefined) throw wrong(column, null, 'a text')
  return value
}

/** An id that can be part of an address. */
export function id(row: Row, column: string): string {
  const value = text(row, column)
  if (!/^[\w-]{1,64}$/.test(value)) {
    throw wrong(column, value, 'an id of up to 64 letters, digits, - and _')
  }
  return value
}

/** Bytes, at most `limit`. */
export function boundedBytes(row: Row, column: string, limit: number): Uint8Array {
  const value = bytes(row, column)
  if (value.length > limit) {
    throw new Error(`${column} has ${value.length} bytes; up to ${limit} are taken`)
  }
  return value
}

export function optionalText(row: Row, column: string): string | undefined {
  const value = row[column]
  if (value === null || value === undefined) return undefined
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'string') throw wrong(column, value, 'a text')
  return value
}

export function integer(row: Row, column: string): number {
  const value = optionalInteger(row, column)
  if (value === undefined) throw wrong(column, null, 'a whole number')
  return value
}

export function optionalInteger(row: Row, column: string): number | undefined {
  const value = row[column]
  if (value === null || value === undefined) return undefined
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw wrong(column, value, 'a whole number')
  }
  return value
}

/** A flag: absent is false. */
export const flag = (row: Row, column: string): boolean => optionalInteger(row, column) === 1

function bytes(row: Row, column: string): Uint8Array {
  const value = row[column]
  if (!(value instanceof Uint8Array)) throw wrong(column, value, 'bytes')
  return value
}

/** One of the texts. */
export function oneOf<const T extends string>(row: Row, column: string, known: readonly T[]): T {
  const value = text(row, column)
  const found = known.find(each => each === value)
  if (found === undefined) throw wrong(column, value, `one of ${known.join(', ')}`)
  return found
}

function wrong(column: string, value: unknown, expected: string): Error {
  const isMissing = value === null || value === undefined
  const found = isMissing ? 'missing' : JSON.stringify(value).slice(0, 60)
  return new Error(`${column} is ${found}, not ${expected}`)
}
