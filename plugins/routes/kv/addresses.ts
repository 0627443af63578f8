/**
 * How a request names one value. A key in the path is what people type by hand; but a path cannot hold every key:
 * clients take `.` and `..` for steps, also percent-encoded. The query can, up to the limit on the head of a request;
 * and longer keys stand in the body.
 */
import { Type, type TObject, type TProperties, type TString } from 'typebox'
import { BYTES } from '../../../core/http/body-reader.js'
import { MoonletError } from '../../../core/base/errors.js'
import { Encoding, toKeyBytes } from './encoding.js'
import { keyPath, listPath, type Place } from './places.js'

interface Route {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  readonly url: string
}

export interface AddressedRequest {
  readonly params: unknown
  readonly query: unknown
  readonly body?: unknown
}

interface Parameters {
  readonly id?: string
  readonly key?: string
  readonly encoding: 'text' | 'base64'
  readonly key_bytes?: number
}

export interface Address {
  /** For operation ids and summaries. */
  readonly suffix: '' | 'ByQuery' | 'ByBody'
  readonly words: string
  /** For descriptions: where the key stands. */
  readonly about: string
  readonly read: Route
  readonly write: Route
  readonly remove: Route
  readonly params: TObject<{ id: ReturnType<typeof Type.Optional<TString>> }>
  readonly query: TProperties
  /** Of writing, beside `query`. */
  readonly writeQuery: TProperties
  /** Whether bodies of reading and deleting are the key. */
  readonly keyInBody: boolean
  /** A body of writing. */
  readonly entryExample: string
  /** Of reading and deleting. */
  readonly keyOf: (request: AddressedRequest) => Uint8Array
  /** Of writing. */
  readonly entryOf: (request: AddressedRequest & { body: Uint8Array }) => {
    key: Uint8Array
    value: Uint8Array
  }
}

/** Percent-encoded bytes of a query are three characters each, and the whole head has 16 KiB. */
const LONGEST =
  'For keys of up to some 4 KiB (the head of a request has 16 KiB); longer ones go into the body.'

export function addressesOf(place: Place): readonly Address[] {
  const own = `${place.url}-value`
  const inPath = `${place.url}/:key`
  const keyOf = (request: AddressedRequest) => {
    const { key, encoding } = parametersOf(request)
    if (key === undefined) throw new MoonletError('VALIDATION', 'key: key is missing')
    return toKeyBytes('key', key, encoding)
  }
  const named = {
    params: keyPath(place),
    writeQuery: {},
    keyInBody: false,
    entryExample: '10',
    keyOf,
    entryOf: (request: AddressedRequest & { body: Uint8Array }) => ({
      key: keyOf(request),
      value: request.body
    })
  }

  return [
    {
      ...named,
      ...methods(inPath),
      suffix: '',
      words: '',
      about: 'The key stands in the path; `.` and `..` cannot.',
      query: { encoding: Encoding }
    },
    {
      ...named,
      ...methods(own),
      suffix: 'ByQuery',
      words: ', whatever its key',
      about:
        'The key stands in the query, so that it may be any that the head of a request has room for.',
      params: listPath(place),
      query: {
        key: Type.String({ description: `The key. ${LONGEST}`, examples: ['..'] }),
        encoding: Encoding
      }
    },
    inBody(place, own)
  ]
}

const parametersOf = ({ params, query }: AddressedRequest) =>
  ({ ...(params as object), ...(query as object) }) as Parameters

const inBody = (place: Place, own: string): Address => ({
  suffix: 'ByBody',
  words: ', its key in the body',
  about: 'The key stands in the body, so that it may be of any bytes and length.',
  read: { method: 'POST', url: `${own}/read` },
  write: { method: 'PUT', url: `${own}/entry` },
  remove: { method: 'POST', url: `${own}/delete` },
  params: listPath(place),
  query: {},
  writeQuery: {
    key_bytes: Type.Integer({
      minimum: 0,
      description:
        'How many bytes of the body, from its beginning, are the key; the rest is the value.',
      examples: [7]
    })
  },
  keyInBody: true,
  entryExample: 'counter10',
  keyOf: ({ body }) => body as Uint8Array,
  entryOf: request => splitEntry(request.body, parametersOf(request).key_bytes)
})

const methods = (url: string) =>
  ({
    read: { method: 'GET', url },
    write: { method: 'PUT', url },
    remove: { method: 'DELETE', url }
  }) as const

/** The body of a request that is a key. */
export const KeyBody = Type.Unsafe<Uint8Array>({
  type: 'string',
  contentMediaType: BYTES,
  description: 'The bytes of the key.',
  examples: ['counter']
})

function splitEntry(
  body: Uint8Array,
  length: number | undefined
): { key: Uint8Array; value: Uint8Array } {
  if (length === undefined) throw new MoonletError('VALIDATION', 'key_bytes: key_bytes is missing')
  if (length > body.byteLength) {
    throw new MoonletError(
      'VALIDATION',
      `key_bytes: key_bytes cannot be larger than the body, which has ${body.byteLength} bytes`
    )
  }
  return { key: body.subarray(0, length), value: body.subarray(length) }
}
