/** Reading, writing and deleting single values of the key-value stores. */
import { Type } from 'typebox'
import {
  bodyErrors,
  changeErrors,
  commonErrors,
  errorResponses,
  NoContent
} from '../../../core/http/response-schemas.js'
import {
  EntryConditions,
  etagHeader,
  IfMatch,
  toEntityTag
} from '../../../core/http/entity-tags.js'
import { BYTES } from '../../../core/http/body-reader.js'
import type { ApiScope } from '../../../core/http/conventions.js'
import { auditNote } from '../../../core/http/audit-note.js'
import { MoonletError } from '../../../core/base/errors.js'
import { limits } from '../../../core/validation/limits.js'
import { addressesOf, KeyBody, type Address } from './addresses.js'
import { places, type Place } from './places.js'
import {
  changeEntry,
  findEntry,
  readEntryConditions,
  staleEntry,
  toEntryRevision
} from './revision.js'

const tags = ['Stored values']
/** A longer value no function could read. */
const MAX_VALUE_BYTES = limits.kvValueBytes
const MAX_TTL_SECONDS = 100 * 366 * 86_400

const Bytes = Type.Unsafe<Uint8Array>({
  type: 'string',
  contentMediaType: BYTES,
  description: `Any bytes, whatever the Content-Type; at most ${MAX_VALUE_BYTES}.`,
  examples: ['10']
})
const notFound = () => new MoonletError('NOT_FOUND', 'Key not found')

export function addKvValues(api: ApiScope): void {
  for (const place of places(api)) {
    for (const address of addressesOf(place)) {
      addRead(api, place, address)
      addWrite(api, place, address)
      addRemove(api, place, address)
    }
  }
}

/** Of reading and deleting. */
const keySchema = ({ params, query, keyInBody }: Address) => ({
  params,
  querystring: Type.Object(query),
  ...(keyInBody ? { consumes: [BYTES], body: KeyBody } : {})
})

function addRead(api: ApiScope, place: Place, address: Address): void {
  api.route({
    ...address.read,
    config: { scope: 'data:read' },
    schema: {
      operationId: `get${place.name}KvValue${address.suffix}`,
      tags,
      summary: `Read a value ${place.words}${address.words}`,
      description: `${address.about} The answer is the bytes of the value, its tag is in \`ETag\`.`,
      ...keySchema(address),
      response: {
        200: {
          ...Bytes,
          'x-response-description': 'The value as it is.',
          headers: {
            ...etagHeader.headers,
            'X-Expires-At': {
              type: 'integer',
              description: 'Unix seconds; absent when the value is kept for good.'
            }
          }
        },
        ...(address.keyInBody ? bodyErrors : commonErrors),
        ...errorResponses({ 400: 'key: key must be base64', 404: 'Key not found' })
      }
    },
    async handler(request, reply) {
      const key = address.keyOf(request)
      const scope = await place.scopeOf(request.params)
      const entry = await findEntry(api.storage.kv, scope, key)
      if (entry === undefined) throw notFound()
      if (entry.expiresAt !== undefined) {
        reply.header('x-expires-at', String(Math.ceil(entry.expiresAt / 1000)))
      }
      reply.header('etag', toEntityTag(toEntryRevision(entry)))
      return reply
        .type(BYTES)
        .header('x-content-type-options', 'nosniff')
        .code(200)
        .send(entry.value)
    }
  })
}

function addWrite(api: ApiScope, place: Place, address: Address): void {
  api.route({
    ...address.write,
    config: { scope: 'data:write' },
    schema: {
      operationId: `set${place.name}KvValue${address.suffix}`,
      tags,
      summary: `Write a value ${place.words}${address.words}`,
      description: `${address.about} With \`If-Match\` or \`If-None-Match\` only in the state that they name.`,
      params: address.params,
      querystring: Type.Object({
        ...address.query,
        ...address.writeQuery,
        ttl: Type.Optional(
          Type.Integer({
            minimum: 1,
            maximum: MAX_TTL_SECONDS,
            description: 'Seconds after which the value is gone; kept for good without it.'
          })
        )
      }),
      consumes: [BYTES],
      headers: EntryConditions,
      body: { ...Bytes, examples: [address.entryExample] },
      response: {
        204: { ...NoContent('The value is stored.'), ...etagHeader },
        ...staleEntry,
        ...bodyErrors,
        ...errorResponses({
          400: `ttl: ttl must be a whole number from 1 to ${MAX_TTL_SECONDS}`,
          507: 'no room for 10 bytes more: …',
          ...(place.name === 'Function' ? { 404: place.missing } : {})
        })
      }
    },
    async handler(request, reply) {
      const mayChange = readEntryConditions(request.headers)
      const { key, value } = address.entryOf(request)
      if (value.byteLength > MAX_VALUE_BYTES) {
        throw new MoonletError(
          'VALIDATION',
          `value: value cannot be longer than ${MAX_VALUE_BYTES} bytes`
        )
      }
      const { ttl } = request.query as { ttl?: number }
      const scope = await place.scopeOf(request.params)
      const expiresAt = ttl === undefined ? undefined : Date.now() + ttl * 1000
      await changeEntry(api.storage, auditNote(request, 'value.set'), { scope, key }, () =>
        api.storage.kv.set(scope, key, value, expiresAt, mayChange)
      )
      reply.header('etag', toEntityTag(toEntryRevision({ value, expiresAt })))
      return reply.code(204).send()
    }
  })
}

function addRemove(api: ApiScope, place: Place, address: Address): void {
  api.route({
    ...address.remove,
    config: { scope: 'data:write' },
    schema: {
      operationId: `delete${place.name}KvValue${address.suffix}`,
      tags,
      summary: `Delete a value ${place.words}${address.words}`,
      description: `${address.about} Nothing is left of it; another value may be stored there.`,
      ...keySchema(address),
      headers: IfMatch,
      response: {
        204: NoContent('The value is gone.'),
        ...staleEntry,
        ...(address.keyInBody ? bodyErrors : changeErrors),
        ...errorResponses({ 400: 'key: key must be base64', 404: 'Key not found' })
      }
    },
    async handler(request, reply) {
      const mayChange = readEntryConditions({ 'if-match': request.headers['if-match'] })
      const key = address.keyOf(request)
      const scope = await place.scopeOf(request.params)
      const note = auditNote(request, 'value.delete')
      const wasThere = await changeEntry(api.storage, note, { scope, key }, () =>
        api.storage.kv.delete(scope, key, mayChange)
      )
      if (!wasThere) throw notFound()
      return reply.code(204).send()
    }
  })
}
