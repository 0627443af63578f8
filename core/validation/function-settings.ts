/** What people set about a function, named as the API names it. */
import type { FunctionRecord } from '../contracts/records.js'

export const toFunctionSettings = (fn: FunctionRecord) => ({
  name: fn.name,
  description: fn.description,
  disabled: fn.disabled,
  retention_days: fn.retentionDays,
  cron_schedule: fn.cronSchedule,
  cron_status: fn.cronStatus,
  cron_catch_up: fn.cronCatchUp,
  save_response: fn.saveResponse,
  allow_same_origin: fn.allowSameOrigin,
  slug: fn.slug,
  ...fn.frontDoor
})
