/** Why a change is refused whose target is not in the state that was asked for. */
import { MoonletError } from '../../../core/base/errors.js'

export const changedMeanwhile = () =>
  new MoonletError('PRECONDITION_FAILED', 'It has been changed since; look at what is there now')

/** Throws PRECONDITION_FAILED with the ids as `details.conflicts`. */
export function refuseConflicts(conflicts: readonly string[]): void {
  if (conflicts.length === 0) return
  throw new MoonletError(
    'PRECONDITION_FAILED',
    `Not in the state that was asked for: ${conflicts.join(', ')}; nothing was changed`,
    { details: { conflicts } }
  )
}
