/** Which sandbox processes an invocation may use: those that have its code, and the same modules. */
import { createHash } from 'node:crypto'
import type { InvocationRequest } from '../contracts/invocation.js'
import type { RunnableVersion } from '../contracts/module-set.js'

/** Of saved versions, which are run again and again: who finds them keeps them. */
const saved = new WeakMap<RunnableVersion, string>()

/**
 * Drafts of the same code may share processes; never with the saved version, whose id they may bear. The code is part
 * of it: a function that was deleted may come back under its id, with the same numbers of versions.
 */
export function bindingKey({
  fn,
  version,
  record
}: Pick<InvocationRequest, 'fn' | 'version' | 'record'>): string {
  if (!record) return makeKey(`draft ${fn.id}`, version)
  const known = saved.get(version)
  if (known !== undefined) return known
  const key = makeKey(version.id, version)
  saved.set(version, key)
  return key
}

function makeKey(owner: string, { code, modules }: RunnableVersion): string {
  const own = `${owner} ${createHash('sha256').update(code).digest('base64')}`
  return modules === undefined ? own : `${own} ${modules.key}`
}
