/** The state of a function as changes are held against it: one name for all of it, its versions and variables. */
import type { FastifyReply } from 'fastify'
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

/** What a change of the function gives; refused for its `If-Match`, it answers 412 with the function as it is now. */
export function changeFunction<T>(storage: Storage, id: string, change: Promise<T>): Promise<T> {
  return tellCurrent(change, async () => {
    const now = await readSnapshot(storage, id)
    return { current: toFunction(now, { ...now.variables }), revision: now.revision }
  })
}

export const staleFunction = {
  412: staleResponse('StaleFunction', FunctionSchema, functionExample)
}
