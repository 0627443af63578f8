/** What a hook gives as an event is other people's code: it is looked at before it is used. */
import type { InvocationEvent } from '../contracts/invocation.js'
import { checkDetails, isBinary } from './event-details.js'

/** The event with its own fields only. Throws a TypeError that names the wrong one. */
export function checkEvent(event: InvocationEvent): InvocationEvent {
  const { method, path, relativePath, headers, query, body, details } = event
  for (const [name, value] of Object.entries({ method, path, relativePath })) {
    if (!isBinary(value)) throw new TypeError(`the event's ${name} is no binary string`)
  }
  for (const [name, fields] of Object.entries({ headers, query })) {
    if (
      typeof fields !== 'object' ||
      fields === null ||
      !Object.entries(fields).flat().every(isBinary)
    ) {
      throw new TypeError(`the event's ${name} are no binary strings by name`)
    }
  }
  if (!(body instanceof Uint8Array)) throw new TypeError("the event's body is no Uint8Array")
  const fields = { method, path, relativePath, headers, query, body }
  return details === undefined ? fields : { ...fields, details: checkDetails(details) }
}
