import { MoonletError } from '../../core/base/errors.js'
import type { FunctionWithVersion } from '../../core/contracts/functions.js'
import type { Storage } from '../../core/contracts/storage.js'

/** The function with its active version. Throws NOT_FOUND with the API's text. */
export async function findFunction(storage: Storage, id: string): Promise<FunctionWithVersion> {
  const found = await storage.functions.find(id)
  if (found === undefined) throw new MoonletError('NOT_FOUND', 'Function not found')
  return found
}
