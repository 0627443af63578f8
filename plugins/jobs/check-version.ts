import { MoonletError } from '../../core/base/errors.js'
import type { Storage } from '../../core/contracts/storage.js'

/** Throws VALIDATION when one of the functions does not have the version that its jobs are to run with. */
export async function checkVersion(
  { versions }: Pick<Storage, 'versions'>,
  functionIds: Iterable<string>,
  version: number | undefined
): Promise<void> {
  if (version === undefined) return
  const ids = new Set(functionIds)
  for (const id of ids) {
    if (await versions.find(id, version)) continue
    const fn = ids.size === 1 ? 'the function' : `the function ${id}`
    throw new MoonletError('VALIDATION', `version: ${fn} has no version ${version}`)
  }
}
