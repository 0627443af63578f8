/** The event of an execution, read back from its record. */
import { Type } from 'typebox'
import { Check } from 'typebox/schema'
import { fromText } from '../../../core/binary.js'
import type { InvocationEvent } from '../../../core/contracts/invocation.js'

const Texts = Type.Record(Type.String(), Type.String())
const StoredEvent = Type.Object({
  method: Type.String(),
  path: Type.String(),
  relativePath: Type.String(),
  headers: Texts,
  query: Texts,
  body: Type.String()
})

/** Undefined when the record holds no such event, as may be in a database that came from elsewhere. */
export function readStoredEvent (eventJson: string): InvocationEvent | undefined {
  const stored = parse(eventJson)
  if (!Check(StoredEvent, stored)) return undefined
  return {
    method: fromText(stored.method),
    path: fromText(stored.path),
    relativePath: fromText(stored.relativePath),
    headers: toBinary(stored.headers),
    query: toBinary(stored.query),
    body: Buffer.from(stored.body, 'utf8')
  }
}

function parse (json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

/** Without a prototype, as the HTTP trigger makes them. */
function toBinary (fields: Readonly<Record<string, string>>): Record<string, string> {
  const record = Object.create(null) as Record<string, string>
  for (const [name, value] of Object.entries(fields)) record[fromText(name)] = fromText(value)
  return record
}
