/** What was returned has another type than declared; `message` says where, which was expected, and what came. */
export class WrongResult extends Error {
  override name = 'WrongResult'
}

export function wrongResult(expected: string, value: unknown): never {
  throw new WrongResult(`${expected} expected, got ${describe(value)}`)
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (typeof value === 'number') return `the number ${value}`
  if (value instanceof Uint8Array) return 'bytes'
  if (Array.isArray(value)) return 'a list'
  if (typeof value !== 'object') return `a ${typeof value}`
  return `an object (${Object.getPrototypeOf(value)?.constructor?.name ?? 'plain'})`
}

/** Adds to the message of a WrongResult where the value stands. */
export function inside<T>(where: string, encode: () => T): T {
  try {
    return encode()
  } catch (error) {
    throw error instanceof WrongResult ? new WrongResult(`${where}: ${error.message}`) : error
  }
}

export const isPlainObject = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Uint8Array)
