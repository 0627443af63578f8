/** The state of a function as changes are held against it: one name for all of it, its versions and variables. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { auditNote } from '../../../core/http/audit-note.js'
import { staleResponse, tellCurrent, toEntityTag } from '../../../core/http/entity-tags.js'
import type { FunctionSnapshot } from '../../../core/contracts/functions.js'
import type { Storage } from '../../../core/contracts/storage.js'
import { MoonletError } from '../../../core/base/errors.js'
import { toVisible } from '../variables/schema.js'
import { FunctionWithShared, sharingExample, toFunction } from './schema.js'

/** Throws NOT_FOUND with the API's text. */
export async function readSnapshot(storage: Storage, id: string): Promise<FunctionSnapshot> {
  const found = await storage.functions.snapshot(id)
  if (found === undefined) throw new MoonletError('NOT_FOUND', 'Function not found')
  return found
}

/** The function as it is read by itself. Throws NOT_FOUND as `readSnapshot` does. */
export async function showFunction(
  storage: Storage,
  id: string,
  { withValues }: { readonly withValues: boolean }
) {
  const [found, shared] = await Promise.all([readSnapshot(storage, id), storage.env.shared.names()])
  const shown = toFunction(found, toVisible(found.variables, withValues))
  return { current: { ...shown, shared: [...shared] }, revision: found.revision }
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
  return tellCurrent(changed, () => showFunction(storage, id, { withValues: true }))
}

export const staleFunction = {
  412: staleResponse('StaleFunction', FunctionWithShared, sharingExample)
}
