/** Why a change of modules is refused. */
import { MoonletError } from '../../../core/base/errors.js'
import type { Requirer } from '../../../core/contracts/modules.js'

/** Requirers that a refusal names one by one. */
const MAX_NAMED = 10

/** Another module has the name, or one that differs by its case alone. */
export const nameTaken = (
  name: string,
  owner: { readonly id: string; readonly name: string }
): MoonletError =>
  new MoonletError(
    'CONFLICT',
    owner.name === name
      ? `name: "${name}" is the name of another module (${owner.id})`
      : `name: "${name}" differs from "${owner.name}" (${owner.id}) only in capital letters, ` +
          'which not all file systems tell apart'
  )

export function stillRequired(name: string, requirers: readonly Requirer[]): MoonletError {
  const named = requirers
    .slice(0, MAX_NAMED)
    .map(({ kind, id, name }) => `the ${kind} ${JSON.stringify(name)} (${id})`)
  const more = requirers.length - named.length
  const all = more > 0 ? [...named, `${more} more`] : named
  return new MoonletError(
    'CONFLICT',
    `The module "${name}" is required by ${all.join(', ')}. Change them first, or repeat this with force=true.`,
    { details: { required_by: requirers } }
  )
}
