/** The event of an execution, read back from its record. */
import { Type, type Static } from 'typebox'
import { Check } from 'typebox/schema'
import { fromText } from '../../../core/base/binary.js'
import type { InvocationEvent } from '../../../core/contracts/invocation.js'
import { MoonletError } from '../../../core/base/errors.js'

const Texts = Type.Record(Type.String(), Type.String())
const StoredEvent = Type.Object({
  method: Type.String(),
  path: Type.String(),
  relativePath: Type.String(),
  headers: Texts,
  query: Texts,
  params: Type.Optional(Texts),
  moreHeaders: Type.Optional(Type.Array(Texts)),
  moreQuery: Type.Optional(Type.Array(Texts)),
  body: Type.String(),
  truncated: Type.Optional(Type.Literal(true)),
  bodySize: Type.Optional(Type.Number())
})

/**
 * `ip`: who asks for the run. Throws CONFLICT when the event was too large to be stored whole, or the record holds
 * none, as may be in a database that came from elsewhere.
 */
export function readStoredEvent(eventJson: string, ip: string): InvocationEvent {
  const stored = parse(eventJson)
  if (!Check(StoredEvent, stored)) {
    throw new MoonletError('CONFLICT', 'This execution has no event to run again with')
  }
  if (stored.truncated === true) throw new MoonletError('CONFLICT', whyNotWhole(stored))
  return {
    method: fromText(stored.method),
    path: fromText(stored.path),
    relativePath: fromText(stored.relativePath),
    headers: toBinary(stored.headers),
    query: toBinary(stored.query),
    body: Buffer.from(stored.body, 'utf8'),
    details: {
      ip,
      params: stored.params && toBinary(stored.params),
      moreHeaders: stored.moreHeaders && toPairs(stored.moreHeaders),
      moreQuery: stored.moreQuery && toPairs(stored.moreQuery)
    }
  }
}

const toPairs = (fields: ReadonlyArray<Readonly<Record<string, string>>>): string[] =>
  fields.flatMap(field => Object.entries(toBinary(field)).flat())

function whyNotWhole({ bodySize }: Static<typeof StoredEvent>): string {
  const size =
    bodySize === undefined ? 'It was too large' : `Its body of ${bodySize} bytes was too large`
  return `This execution cannot be run again, since its event is not stored whole. ${size} (setting EVENT_LIMIT)`
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

/** Without a prototype, as the HTTP trigger makes them. */
function toBinary(fields: Readonly<Record<string, string>>): Record<string, string> {
  const record = Object.create(null) as Record<string, string>
  for (const [name, value] of Object.entries(fields)) record[fromText(name)] = fromText(value)
  return record
}
