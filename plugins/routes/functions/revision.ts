/** The state of a function as changes are held against it: one name for all of it, its versions and variables. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { auditNote } from '../../../core/http/audit-note.js'
import { staleResponse, tellCurrent, toEntityTag } from '../../../core/http/entity-tags.js'
import type { FunctionSnapshot } from '../../../core/contracts/functions.js'
import type { Storage } from '../../../core/contracts/storage.js'
import { MoonletError } from '../../../core/base/errors.js'
import { functionExample, FunctionSchema, toFunction } from './schema.js'

/** Throws NOT_FOUND with the API's text. */
export async function readSnapshot(storage: Storage, id: string): Promise<FunctionSnapshot> {
  const found = await storage.functions.snapshot(id)
  if (found === undefined) throw new MoonletError('NOT_FOUND', 'Function not found')
  return found
}

export const sendTag = (reply: FastifyReply, revision: string): FastifyReply =>
  reply.header('etag', toEntityTag(revision))

interface Asked {
  readonly request: Pick<FastifyRequest, 'actor' | 'headers' | 'ip'> & {
    readonly params: { readonly id: string }
  }
  /** As the audit calls it. */
  readonly action: string
}

/**
 * What a change of the function gives, which the audit notes; refused for its `If-Match`, it answers 412 with the
 * function as it is now.
 */
export function changeFunction<T>(
  storage: Storage,
  { request, action }: Asked,
  change: () => Promise<T>
): Promise<T> {
  const { id } = request.params
  const changed = storage.audit.track(auditNote(request, action), { functions: [id] }, change)
  return tellCurrent(changed, async () => {
    const now = await readSnapshot(storage, id)
    return { current: toFunction(now, { ...now.variables }), revision: now.revision }
  })
}

export const staleFunction = {
  412: staleResponse('StaleFunction', FunctionSchema, functionExample)
}
