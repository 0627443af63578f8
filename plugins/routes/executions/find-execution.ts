import type { FastifyRequest } from 'fastify'
import { MoonletError } from '../../../core/base/errors.js'
import type { ExecutionRecord } from '../../../core/contracts/records.js'
import type { Storage } from '../../../core/contracts/storage.js'
import { checkFunction } from '../../../core/http/token-functions.js'

/** Throws NOT_FOUND with the API's text; FORBIDDEN when the caller's token is not for its function. */
export async function findExecution(
  storage: Storage,
  request: Pick<FastifyRequest, 'actor'>,
  id: string
): Promise<ExecutionRecord> {
  const found = await storage.executions.find(id)
  if (found === undefined) throw new MoonletError('NOT_FOUND', 'Execution not found')
  checkFunction(request, found.functionId)
  return found
}
