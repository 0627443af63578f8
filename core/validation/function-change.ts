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
import { refuse } from './text.js'

export interface NewFunctionFields {
  readonly name?: string | undefined
  readonly code?: string | undefined
  readonly description?: string | undefined
}

/** A new function's fields, all valid. Throws VALIDATION for the first that is not. */
export function readNewFunction({ name = '', code = '', description }: NewFunctionFields) {
  checkName(name)
  if (description !== undefined) checkDescription(description)
  checkCode(code)
  return { name, code, description }
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

/** A change as storage takes it. Throws VALIDATION for the first field that is not valid, or when there is none. */
export function readFunctionChange(fields: FunctionChangeFields): {
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
    allowSameOrigin
  }
  const patch: FunctionPatch = Object.fromEntries(
    Object.entries(wanted).filter(([, value]) => value !== undefined)
  )
  if (Object.keys(patch).length === 0 && code === undefined && fields.cron_status === undefined) {
    refuse('request', 'at least one field must be provided for update')
  }
  if (name !== undefined) checkName(name)
  if (description !== undefined) checkDescription(description)
  if (code !== undefined) checkCode(code)
  if (retentionDays !== undefined) checkRetentionDays(retentionDays)
  if (cronSchedule !== undefined) checkCronSchedule(cronSchedule)
  return {
    patch:
      fields.cron_status === undefined
        ? patch
        : { ...patch, cronStatus: readCronStatus(fields.cron_status) },
    code
  }
}
