/** A JSON value of bounded size: what is large is neither walked through nor copied beyond that. */

/** As for masking: deeper values are not looked at. */
const DEPTH_LIMIT = 200
/** What a number, a word or the marks around a value count for. */
const LEAST = 4

interface Bounds {
  left: number
  isCut: boolean
}

/**
 * The beginning of a value of about `characters`: texts are cut, then lists and objects end. `value` stays as it is.
 */
export function boundJson(
  value: unknown,
  characters: number
): { readonly value: unknown; readonly isCut: boolean } {
  const bounds = { left: characters, isCut: false }
  const kept = bound(value, bounds, 0)
  return { value: kept, isCut: bounds.isCut }
}

function bound(value: unknown, bounds: Bounds, depth: number): unknown {
  bounds.left -= LEAST
  if (typeof value === 'string') return boundText(value, bounds)
  if (typeof value !== 'object' || value === null) return value
  if (depth >= DEPTH_LIMIT) {
    bounds.isCut = true
    return null
  }
  return Array.isArray(value) ? boundList(value, bounds, depth) : boundObject(value, bounds, depth)
}

function boundText(text: string, bounds: Bounds): string {
  const fits = text.length <= bounds.left
  const kept = fits ? text : `${text.slice(0, Math.max(0, bounds.left))}…`
  bounds.isCut ||= !fits
  bounds.left -= kept.length
  return kept
}

function boundList(list: readonly unknown[], bounds: Bounds, depth: number): unknown[] {
  const kept: unknown[] = []
  for (const item of list) {
    if (bounds.left <= 0) {
      bounds.isCut = true
      break
    }
    kept.push(bound(item, bounds, depth + 1))
  }
  return kept
}

function boundObject(object: object, bounds: Bounds, depth: number): Record<string, unknown> {
  const kept: Array<[name: string, value: unknown]> = []
  for (const name in object) {
    if (bounds.left <= name.length) {
      bounds.isCut = true
      break
    }
    bounds.left -= name.length
    kept.push([name, bound((object as Record<string, unknown>)[name], bounds, depth + 1)])
  }
  return Object.fromEntries(kept)
}
