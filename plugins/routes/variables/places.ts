/** Where variables are: each function has some of its own, and there are those that all share. */
import { Type, type TObject, type TString } from 'typebox'
import type { FastifyRequest } from 'fastify'
import type { SharedEnvStore } from '../../../core/contracts/env.js'
import type { Storage } from '../../../core/contracts/storage.js'
import { auditNote } from '../../../core/http/audit-note.js'
import { staleResponse, tellCurrent } from '../../../core/http/entity-tags.js'
import { errorResponses } from '../../../core/http/response-schemas.js'
import { findFunction } from '../find-function.js'
import { changeFunction, staleFunction } from '../functions/revision.js'
import { FunctionId } from '../functions/schema.js'
import { SharedEnvVars, sharedExample } from './schema.js'

export type VariableSet = Omit<SharedEnvStore, 'names' | 'snapshot'>
type Asking = Pick<FastifyRequest, 'actor' | 'headers' | 'ip'>
interface Params {
  readonly id?: string
}

export interface Place {
  readonly url: string
  /** For operation ids. */
  readonly name: 'Env' | 'SharedEnv'
  readonly words: string
  readonly tag: string
  readonly params: { id?: TString }
  readonly missing: Record<number, object>
  readonly stale: Record<number, object>
  /** Throws NOT_FOUND for a function that does not exist. */
  readonly open: (params: Params) => Promise<VariableSet>
  /** Makes a change that gives the new revision, and notes it; refused for `If-Match`, it tells what is there now. */
  readonly change: (
    request: Asking & { readonly params: unknown },
    verb: string,
    change: () => Promise<string>
  ) => Promise<string>
  readonly forget: (request: Asking & { readonly params: unknown }) => Promise<unknown>
}

export const places = (storage: Storage): readonly Place[] => [
  ofFunction(storage),
  ofAllFunctions(storage)
]

/** Path parameters of a place. */
export const placePath = (place: Place) =>
  Type.Object(place.params) as TObject<{ id: ReturnType<typeof Type.Optional<TString>> }>

/** Path parameters of an entry of its history. */
export const entryPath = (place: Place) =>
  Type.Object({
    ...place.params,
    entry: Type.String({ description: 'Id of the entry.', examples: ['12'] })
  }) as TObject<{ id: ReturnType<typeof Type.Optional<TString>>; entry: TString }>

function ofFunction(storage: Storage): Place {
  const { env, audit } = storage
  const find = async ({ id = '' }: Params) => (await findFunction(storage, id)).fn
  return {
    url: '/api/functions/:id/env',
    name: 'Env',
    words: 'the environment variables',
    tag: 'Functions',
    params: { id: FunctionId },
    missing: errorResponses({ 404: 'Function not found' }),
    stale: staleFunction,
    async open(params) {
      const { id } = await find(params)
      return {
        replace: (variables, mayChange) => env.replace(id, variables, mayChange),
        history: page => env.history(id, page),
        former: entry => env.former(id, entry),
        forgetHistory: () => env.forgetHistory(id)
      }
    },
    change(request, verb, change) {
      // The address of this place has an id.
      const ofOne = request as Asking & { readonly params: { readonly id: string } }
      return changeFunction(storage, { request: ofOne, action: `variables.${verb}` }, change)
    },
    async forget(request) {
      const { id, name } = await find(request.params as Params)
      const target = { kind: 'function', id, name, functionId: id }
      const note = auditNote(request, 'variables.forget_history')
      return await audit.track(note, { target }, () => env.forgetHistory(id))
    }
  }
}

export function ofAllFunctions({ env: { shared }, audit }: Storage): Place {
  return {
    url: '/api/env',
    name: 'SharedEnv',
    words: 'the shared variables',
    tag: 'Shared variables',
    params: {},
    missing: {},
    stale: staleShared,
    open: async () => shared,
    change(request, verb, change) {
      const note = auditNote(request, `shared_variables.${verb}`)
      return tellCurrent(audit.track(note, { sharedVariables: true }, change), async () => {
        const { variables, revision } = await shared.snapshot()
        return { current: { env_vars: { ...variables } }, revision }
      })
    },
    forget(request) {
      const note = auditNote(request, 'shared_variables.forget_history')
      const target = { kind: 'shared_variables' }
      return audit.track(note, { target }, () => shared.forgetHistory())
    }
  }
}

export const staleShared = {
  412: staleResponse('StaleSharedEnvVars', SharedEnvVars, sharedExample)
}
