/** What a function is when it is created. */
import type { FunctionChange, NewFunction } from '../../../core/contracts/functions.js'
import type { FunctionRecord } from '../../../core/contracts/records.js'
import { MoonletError } from '../../../core/base/errors.js'
import { applyFrontDoorChange } from '../../../core/validation/front-door/change.js'

/** What was not said at the creation. */
const defaults = {
  disabled: false,
  retentionDays: undefined,
  cronSchedule: undefined,
  cronStatus: 'paused',
  cronCatchUp: false,
  saveResponse: false,
  allowSameOrigin: false
} as const satisfies Partial<FunctionRecord>

export const toNewRecord = ({
  id,
  name,
  description,
  slug,
  frontDoor,
  now
}: NewFunction): FunctionRecord => ({
  ...defaults,
  id,
  name,
  description,
  slug,
  frontDoor,
  createdAt: now,
  updatedAt: now
})

/** A change as the first state of a function, with its code. Throws VALIDATION without a name or code. */
export function toFirstState(
  id: string,
  { patch, code, now }: FunctionChange
): { readonly fn: FunctionRecord; readonly code: string } {
  const { name, frontDoor, slug = '', ...settings } = patch
  if (name === undefined || code === undefined) {
    throw new MoonletError('VALIDATION', `${id}: a new function needs a name and code`)
  }
  const fn: FunctionRecord = {
    ...defaults,
    description: undefined,
    ...settings,
    id,
    name,
    slug: slug === '' ? undefined : slug,
    frontDoor: applyFrontDoorChange(undefined, frontDoor ?? {}),
    createdAt: now,
    updatedAt: now
  }
  return { fn, code }
}
