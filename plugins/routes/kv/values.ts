/** Reading, writing and deleting single values of the key-value stores. */
import { Type } from 'typebox'
import { bodyFailures, changeFailures, commonFailures, failures, NoContent } from '../../../core/api/answers.js'
import { BYTES } from '../../../core/api/body-reader.js'
import type { ApiScope } from '../../../core/api/scope.js'
import { MoonletError } from '../../../core/errors.js'
import { limits } from '../../../core/validation/limits.js'
import { Encoding, toKeyBytes } from './encoding.js'
import { keyPath, places } from './places.js'

const tags = ['Stored values']
/** A longer value no function could read. */
const MOST_VALUE_BYTES = limits.kvValueBytes
const MOST_TTL_SECONDS = 100 * 366 * 86_400

const Bytes = Type.Unsafe<Uint8Array>({ type: 'string', contentMediaType: BYTES, description: `Any bytes, whatever the Content-Type; at most ${MOST_VALUE_BYTES}.`, examples: ['10'] })
const querystring = Type.Object({ encoding: Encoding })
const notFound = () => new MoonletError('NOT_FOUND', 'Key not found')

export function addKvValues (api: ApiScope): void {
  const { kv } = api.storage

  for (const place of places(api)) {
    const { name, words } = place
    const url = `${place.url}/:key`
    const params = keyPath(place)

    api.get(url, {
      schema: {
        operationId: `get${name}KvValue`,
        tags,
        summary: `Read a value ${words}`,
        params,
        querystring,
        response: {
          200: { ...Bytes, 'x-response-description': 'The value as it is.', headers: { 'X-Expires-At': { type: 'integer', description: 'Unix seconds; absent when the value is kept for good.' } } },
          ...failures({ 400: 'key: key must be base64', 404: 'Key not found' }),
          ...commonFailures
        }
      }
    }, async ({ params, query }, reply) => {
      const key = toKeyBytes('key', params.key, query.encoding)
      const scope = await place.scopeOf(params)
      // A key is the first of all that begin with it.
      const [first] = await kv.list(scope, { prefix: key, after: undefined, limit: 1, maxBytes: 0 })
      if (first === undefined || Buffer.compare(first.key, key) !== 0) throw notFound()
      if (first.expiresAt !== undefined) reply.header('x-expires-at', String(Math.ceil(first.expiresAt / 1000)))
      return reply.type(BYTES).header('x-content-type-options', 'nosniff').code(200).send(first.value)
    })

    api.put(url, {
      schema: {
        operationId: `set${name}KvValue`,
        tags,
        summary: `Write a value ${words}`,
        params,
        querystring: Type.Object({
          encoding: Encoding,
          ttl: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_TTL_SECONDS, description: 'Seconds after which the value is gone; kept for good without it.' }))
        }),
        consumes: [BYTES],
        body: Bytes,
        response: { 204: NoContent('The value is stored.'), ...bodyFailures, ...failures({ 400: `ttl: ttl must be a whole number from 1 to ${MOST_TTL_SECONDS}`, 507: 'no room for 10 bytes more: …', ...(name === 'Function' ? { 404: place.missing } : {}) }) }
      }
    }, async ({ params, query, body }, reply) => {
      if (body.byteLength > MOST_VALUE_BYTES) throw new MoonletError('VALIDATION', `value: value cannot be longer than ${MOST_VALUE_BYTES} bytes`)
      const key = toKeyBytes('key', params.key, query.encoding)
      const scope = await place.scopeOf(params)
      await kv.set(scope, key, body, query.ttl === undefined ? undefined : Date.now() + query.ttl * 1000)
      return reply.code(204).send()
    })

    api.delete(url, {
      schema: {
        operationId: `delete${name}KvValue`,
        tags,
        summary: `Delete a value ${words}`,
        params,
        querystring,
        response: { 204: NoContent('The value is gone.'), ...failures({ 400: 'key: key must be base64', 404: 'Key not found' }), ...changeFailures }
      }
    }, async ({ params, query }, reply) => {
      const key = toKeyBytes('key', params.key, query.encoding)
      const scope = await place.scopeOf(params)
      if (!await kv.delete(scope, key)) throw notFound()
      return reply.code(204).send()
    })
  }
}
