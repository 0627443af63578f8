/** What routes of versions answer, those of functions as those of shared modules. */
import {
  changeErrors,
  conditionErrors,
  errorResponses,
  NoContent
} from '../../../core/http/response-schemas.js'
import { etagHeader } from '../../../core/http/entity-tags.js'
import { MoonletError } from '../../../core/base/errors.js'

export const versionNotFound = () => new MoonletError('NOT_FOUND', 'Version not found')

/** Of reading one by its number. */
export const readErrors = errorResponses({
  400: 'Invalid version number',
  404: 'Version not found'
})

/** `stale` is the 412 of whose version it is. */
export const activateResponses = <Stale extends object>(stale: Stale) => ({
  200: { ...NoContent('The version is active.'), ...etagHeader },
  ...conditionErrors,
  ...errorResponses({ 404: 'Version not found' }),
  ...changeErrors,
  ...stale
})

export const deleteResponses = <Stale extends object>(stale: Stale) => ({
  204: NoContent('The version is gone.'),
  ...stale,
  ...errorResponses({ 400: 'Cannot delete active version', 404: 'Version not found' }),
  ...changeErrors
})

/** Throws what the API says of a version that was not deleted. */
export function checkDeleted(result: 'removed' | 'missing' | 'active'): void {
  if (result === 'missing') throw versionNotFound()
  if (result === 'active') throw new MoonletError('VALIDATION', 'Cannot delete active version')
}
