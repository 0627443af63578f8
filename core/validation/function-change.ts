/** What may be created and changed about a function, checked in the order that the API promises. */
import type { FunctionPatch } from '../contracts/functions.js'
import {
  checkCode,
  checkCronSchedule,
  checkDescription,
  checkName,
  checkRetentionDays,
  readCronStatus
} from './function-fields.js'
import { checkSlug } from './front-door/addresses.js'
import {
  frontDoorFields,
  readFrontDoorChange,
  applyFrontDoorChange,
  type FrontDoorFields
} from './front-door/change.js'
import type { ServerLimits } from './front-door/limits.js'
import { refuse } from './text.js'

export interface NewFunctionFields extends FrontDoorFields {
  readonly name?: string | undefined
  readonly code?: string | undefined
  readonly description?: string | undefined
  readonly slug?: string | undefined
}

/** A new function's fields, all valid. Throws VALIDATION for the first that is not. */
export function readNewFunction(fields: NewFunctionFields, server?: ServerLimits) {
  const { name = '', code = '', description, slug = '' } = fields
  checkName(name)
  if (description !== undefined) checkDescription(description)
  checkCode(code)
  checkSlug(slug)
  const frontDoor = applyFrontDoorChange(undefined, readFrontDoorChange(fields, server) ?? {})
  return { name, code, description, slug: slug === '' ? undefined : slug, frontDoor }
}

export interface FunctionChangeFields extends NewFunctionFields {
  readonly disabled?: boolean | undefined
  readonly retention_days?: number | undefined
  readonly cron_schedule?: string | undefined
  readonly cron_status?: string | undefined
  readonly cron_catch_up?: boolean | undefined
  readonly save_response?: boolean | undefined
  readonly allow_same_origin?: boolean | undefined
}

/**
 * A change as storage takes it. Throws VALIDATION for the first field that is not valid, or when there is none. Limits
 * of a server hold only where they are given.
 */
export function readFunctionChange(
  fields: FunctionChangeFields,
  server?: ServerLimits
): {
  patch: FunctionPatch
  code: string | undefined
} {
  const {
    name,
    description,
    code,
    disabled,
    retention_days: retentionDays,
    cron_schedule: cronSchedule,
    cron_catch_up: cronCatchUp,
    save_response: saveResponse,
    allow_same_origin: allowSameOrigin
  } = fields
  const wanted = {
    name,
    description,
    disabled,
    retentionDays,
    cronSchedule,
    cronCatchUp,
    saveResponse,
    allowSameOrigin,
    slug: fields.slug
  }
  const patch: FunctionPatch = Object.fromEntries(
    Object.entries(wanted).filter(([, value]) => value !== undefined)
  )
  const isOtherGiven =
    code !== undefined ||
    fields.cron_status !== undefined ||
    frontDoorFields.some(field => (fields[field] ?? null) !== null)
  if (Object.keys(patch).length === 0 && !isOtherGiven) {
    refuse('request', 'at least one field must be provided for update')
  }
  if (name !== undefined) checkName(name)
  if (description !== undefined) checkDescription(description)
  if (code !== undefined) checkCode(code)
  if (retentionDays !== undefined) checkRetentionDays(retentionDays)
  if (cronSchedule !== undefined) checkCronSchedule(cronSchedule)
  const cronStatus =
    fields.cron_status === undefined ? {} : { cronStatus: readCronStatus(fields.cron_status) }
  if (fields.slug !== undefined) checkSlug(fields.slug)
  const frontDoor = readFrontDoorChange(fields, server)
  return {
    patch: { ...patch, ...cronStatus, ...(frontDoor === undefined ? {} : { frontDoor }) },
    code
  }
}
