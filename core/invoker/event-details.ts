/** What a request says beyond the main fields of its event. */
import type { EventDetails } from '../contracts/invocation.js'

/** As a hook may give it. Throws a TypeError that names what is wrong. */
export function checkDetails(details: EventDetails): EventDetails {
  const { origin, target, ip, params, moreHeaders, moreQuery } = details
  const texts = [origin ?? '', target ?? '', ip ?? '', ...Object.entries(params ?? {}).flat()]
  const lists = [moreHeaders ?? [], moreQuery ?? []]
  if (!lists.every(Array.isArray) || ![...texts, ...lists.flat()].every(isBinary)) {
    throw new TypeError("the event's details are not made of binary strings")
  }
  return details
}

export const isBinary = (value: unknown): boolean =>
  // eslint-disable-next-line no-control-regex
  typeof value === 'string' && /^[\x00-\xff]*$/.test(value)
