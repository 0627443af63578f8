/** Browsing the key-value stores. */
import { Type } from 'typebox'
import { bodyErrors, commonErrors, errorResponses } from '../../../core/http/response-schemas.js'
import { toEntityTag } from '../../../core/http/entity-tags.js'
import type { ApiScope } from '../../../core/http/conventions.js'
import type { KvEntry } from '../../../core/contracts/kv.js'
import { Encoding, toKeyBytes, toKeyText, toPreview } from './encoding.js'
import { listPath, places } from './places.js'
import { toEntryRevision } from './revision.js'

const entryExample = { key: 'counter', size: 2, etag: '"u3SrQ7oVqYkJb0pX2mWc1g"', preview: '10' }

const Entry = Type.Object(
  {
    key: Type.String({ description: 'As text; what is none reads U+FFFD.' }),
    key_base64: Type.Optional(
      Type.String({ description: 'The key in base64 (URL alphabet); only when it is no text.' })
    ),
    size: Type.Integer({ minimum: 0, description: 'Bytes of the value.' }),
    expires_at: Type.Optional(
      Type.Integer({ description: 'Unix seconds; absent when the value is kept for good.' })
    ),
    etag: Type.String({ description: 'As the `ETag` of the value.' }),
    preview: Type.Union([Type.String(), Type.Null()], {
      description: 'The first 200 bytes as text; null when they are none.'
    })
  },
  { title: 'KvEntry', examples: [entryExample] }
)

const Entries = Type.Object(
  {
    entries: Type.Array(Entry),
    next: Type.Optional(
      Type.String({
        description:
          'The last key of this page: give it as `after` for the next one. Absent on the last page.'
      })
    ),
    next_base64: Type.Optional(
      Type.String({ description: 'The same in base64, when it is no text.' })
    )
  },
  { title: 'KvPage', examples: [{ entries: [entryExample] }] }
)

/** Of keys and values that are read for one page; large values make pages short. */
const MAX_BYTES = 16 * 1024 * 1024

const isCutShort = (entries: readonly KvEntry[]): boolean =>
  entries.reduce((sum, { key, value }) => sum + key.byteLength + value.byteLength, 0) >= MAX_BYTES

const querystring = Type.Object({
  prefix: Type.String({ default: '', description: 'Only keys that begin with this.' }),
  after: Type.Optional(
    Type.String({ description: 'Only keys after this one, in the order of bytes.' })
  ),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 50, description: 'Entries on a page.' }),
  encoding: Encoding
})

/** The same in a body, for prefixes and keys that are too long for a query. */
const ListBody = Type.Object(
  {
    prefix: Type.Optional(Type.String()),
    after: Type.Optional(Type.String()),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
    encoding: Type.Optional(Type.Enum(['text', 'base64']))
  },
  { examples: [{ prefix: 'user:', limit: 50 }] }
)

interface Query {
  readonly prefix: string
  readonly after?: string | undefined
  readonly limit: number
  readonly encoding: 'text' | 'base64'
}

const badPrefix = errorResponses({ 400: 'prefix: prefix must be base64' })

export function addKvRoutes(api: ApiScope): void {
  for (const place of places(api)) {
    const missing = place.name === 'Function' ? errorResponses({ 404: place.missing }) : {}

    api.post(
      `${place.url}-value/list`,
      {
        config: { scope: 'data:read' },
        schema: {
          operationId: `list${place.name}KvByBody`,
          tags: ['Stored values'],
          summary: `List the keys ${place.words}, the question in the body`,
          description:
            'As with GET, for prefixes and keys that are too long for the head of a request (16 KiB).',
          params: listPath(place),
          body: ListBody,
          response: { 200: Entries, ...bodyErrors, ...badPrefix, ...missing }
        }
      },
      async ({ params, body }) => {
        const { prefix = '', limit = 50, encoding = 'text', after } = body
        return listEntries(api, await place.scopeOf(params), { prefix, after, limit, encoding })
      }
    )

    api.get(
      place.url,
      {
        config: { scope: 'data:read' },
        schema: {
          operationId: `list${place.name}Kv`,
          tags: ['Stored values'],
          summary: `List the keys ${place.words}`,
          description: 'In the order of their bytes.',
          params: listPath(place),
          querystring,
          response: { 200: Entries, ...commonErrors, ...badPrefix, ...missing }
        }
      },
      async ({ params, query }) => listEntries(api, await place.scopeOf(params), query)
    )
  }
}

async function listEntries(api: ApiScope, scope: string, { limit, encoding, ...asked }: Query) {
  const prefix = toKeyBytes('prefix', asked.prefix, encoding)
  const after = asked.after === undefined ? undefined : toKeyBytes('after', asked.after, encoding)
  const found = await api.storage.kv.list(scope, {
    prefix,
    after,
    limit: limit + 1,
    maxBytes: MAX_BYTES
  })
  const page = found.slice(0, limit)
  const last = found.length > page.length || isCutShort(found) ? page.at(-1) : undefined
  const next = last === undefined ? undefined : toKeyText(last.key)
  return { entries: page.map(toEntry), next: next?.text, next_base64: next?.base64 }
}

function toEntry({ key, value, expiresAt }: KvEntry) {
  const { text, base64 } = toKeyText(key)
  return {
    key: text,
    key_base64: base64,
    size: value.byteLength,
    expires_at: expiresAt === undefined ? undefined : Math.ceil(expiresAt / 1000),
    etag: toEntityTag(toEntryRevision({ value, expiresAt })),
    preview: toPreview(value)
  }
}
