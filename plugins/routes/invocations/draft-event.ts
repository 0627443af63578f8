/** The event of a draft run: a request that nobody sent. */
import { Type, type Static } from 'typebox'
import { fromText } from '../../../core/base/binary.js'
import type { InvocationEvent } from '../../../core/contracts/invocation.js'
import { isHttpToken } from '../../../core/base/http-token.js'
import { canonicalHeaderName } from '../../../core/http/header-names.js'
import { refuse } from '../../../core/validation/text.js'

export const DraftEvent = Type.Object({
  method: Type.Optional(Type.String({ description: 'Default `GET`.' })),
  path: Type.Optional(
    Type.String({
      description:
        'What follows `/fn/{id}`, not percent-encoded; begins with `/`, which is also the default.'
    })
  ),
  query: Type.Optional(Type.Record(Type.String(), Type.String())),
  headers: Type.Optional(Type.Record(Type.String(), Type.String())),
  body: Type.Optional(Type.String())
})

/** As the HTTP trigger would give it for such a request. Throws VALIDATION for what no request can have. */
export function readDraftEvent(
  functionId: string,
  {
    method = 'GET',
    path = '/',
    query = {},
    headers = {},
    body = ''
  }: Static<typeof DraftEvent> = {}
): InvocationEvent {
  if (!/^[A-Za-z]{1,20}$/.test(method)) {
    refuse('event.method', 'event.method must be a method such as GET or POST')
  }
  if (!path.startsWith('/')) refuse('event.path', 'event.path must begin with /')
  const relativePath = fromText(path)
  return {
    method: method.toUpperCase(),
    path: path === '/' ? `/fn/${functionId}` : `/fn/${functionId}${relativePath}`,
    relativePath,
    headers: toBinaryRecord(headers, readHeaderName),
    query: toBinaryRecord(query, fromText),
    body: Buffer.from(body, 'utf8')
  }
}

function readHeaderName(name: string): string {
  if (!isHttpToken(name)) {
    refuse(
      'event.headers',
      `event.headers has a name that no header can have: ${JSON.stringify(name.slice(0, 50))}`
    )
  }
  return canonicalHeaderName(name)
}

/** Without a prototype, as the HTTP trigger makes them. */
function toBinaryRecord(
  fields: Readonly<Record<string, string>>,
  toName: (name: string) => string
): Record<string, string> {
  const record = Object.create(null) as Record<string, string>
  for (const [name, value] of Object.entries(fields)) record[toName(name)] = fromText(value)
  return record
}
