/** Where values live: each function has a store of its own, and there is one that all share. */
import { Type, type TObject, type TString } from 'typebox'
import type { ApiScope } from '../../../core/http/conventions.js'
import { findFunction } from '../find-function.js'
import { FunctionId } from '../functions/schema.js'

export interface Place {
  readonly url: string
  /** For operation ids and summaries. */
  readonly name: 'Function' | 'Global'
  readonly words: string
  readonly params: { id?: TString }
  readonly missing: string
  /** The scope as storage knows it. Throws NOT_FOUND for a function that does not exist. */
  readonly scopeOf: (params: { id?: string }) => Promise<string>
}

export const places = (api: ApiScope): readonly Place[] => [
  {
    url: '/api/functions/:id/kv',
    name: 'Function',
    words: "in the function's store",
    params: { id: FunctionId },
    missing: 'Function not found',
    scopeOf: async ({ id = '' }) => (await findFunction(api.storage, id)).fn.id
  },
  {
    url: '/api/kv',
    name: 'Global',
    words: 'in the store that all functions share',
    params: {},
    missing: 'Key not found',
    scopeOf: async () => ''
  }
]

/** Path parameters of one key of a place. */
export const keyPath = (place: Place) =>
  Type.Object({
    ...place.params,
    key: Type.String({ description: 'The key, percent-encoded.', examples: ['counter'] })
  }) as TObject<{ id: ReturnType<typeof Type.Optional<TString>>; key: TString }>

export const listPath = (place: Place) =>
  Type.Object(place.params) as TObject<{ id: ReturnType<typeof Type.Optional<TString>> }>
