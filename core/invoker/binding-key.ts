/** Which sandbox processes an invocation may use: those that have its code, and the same modules. */
import { createHash } from 'node:crypto'
import type { InvocationRequest } from '../contracts/invocation.js'
import type { RunnableVersion } from '../contracts/module-set.js'

/** Of versions that are run again and again: who finds them keeps them. */
const digests = new WeakMap<RunnableVersion, string>()

/**
 * Drafts of the same code may share processes; never with the saved version, whose id they may bear. The code is part
 * of it: a function that was deleted may come back under its id, with the same numbers of versions.
 */
export function bindingKey({
  fn,
  version,
  record
}: Pick<InvocationRequest, 'fn' | 'version' | 'record'>): string {
  const own = `${record ? version.id : `draft ${fn.id}`} ${digestOf(version)}`
  return version.modules === undefined ? own : `${own} ${version.modules.key}`
}

function digestOf(version: RunnableVersion): string {
  const known = digests.get(version)
  if (known !== undefined) return known
  const digest = createHash('sha256').update(version.code).digest('base64')
  digests.set(version, digest)
  return digest
}
