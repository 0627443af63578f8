import { MoonletError } from '../../../core/base/errors.js'
import type { ExecutionRecord } from '../../../core/contracts/records.js'
import type { Storage } from '../../../core/contracts/storage.js'

/** Throws NOT_FOUND with the API's text. */
export async function findExecution(storage: Storage, id: string): Promise<ExecutionRecord> {
  const found = await storage.executions.find(id)
  if (found === undefined) throw new MoonletError('NOT_FOUND', 'Execution not found')
  return found
}
