/** Which sandbox processes an invocation may use: those that have its code, and the same modules. */
import { createHash } from 'node:crypto'
import type { InvocationRequest } from '../contracts/invocation.js'

/** Drafts of the same code may share processes; never with the saved version, whose id they may bear. */
export function bindingKey({
  fn,
  version,
  record
}: Pick<InvocationRequest, 'fn' | 'version' | 'record'>): string {
  const { id, code, modules } = version
  const own = record ? id : `draft ${fn.id} ${createHash('sha256').update(code).digest('base64')}`
  return modules === undefined ? own : `${own} ${modules.key}`
}
