/** The rules for each field of a function (CONTRACT section 5). Each check throws VALIDATION with the API's text. */
import { parseSchedule } from '../cron/schedule.js'
import type { FunctionRecord } from '../contracts/records.js'
import { checkGivenName } from './given-name.js'
import { limits } from './limits.js'
import { byteLength, isBlank, refuse, trimBlanks } from './text.js'

/** It is kept without white space at its ends. */
export function checkName(name: string): void {
  checkGivenName(trimBlanks(name))
}

export function checkDescription(description: string): void {
  if (byteLength(description) > limits.descriptionBytes) {
    refuse('description', `description cannot be longer than ${limits.descriptionBytes} characters`)
  }
}

export function checkCode(code: string): void {
  if (isBlank(code)) refuse('code', 'code cannot be empty')
  checkCodeLength(code)
}

export function checkCodeLength(code: string): void {
  if (byteLength(code) > limits.codeBytes) {
    refuse('code', `code cannot be longer than ${limits.codeBytes} bytes`)
  }
}

export function checkRetentionDays(days: number): void {
  if (!(limits.retentionDays as readonly number[]).includes(days)) {
    refuse('retention_days', `retention_days must be one of: [${limits.retentionDays.join(' ')}]`)
  }
}

/** '' clears the schedule. */
export function checkCronSchedule(schedule: string): void {
  if (schedule === '') return
  try {
    parseSchedule(schedule)
  } catch (error) {
    refuse(
      'cron_schedule',
      `invalid cron expression: ${error instanceof Error ? error.message : String(error)}`
    )
  }
}

/** Gives the status, which is one of the known ones. */
export function readCronStatus(status: string): FunctionRecord['cronStatus'] {
  return (
    limits.cronStatuses.find(known => known === status) ??
    refuse('cron_status', `cron_status must be one of: [${limits.cronStatuses.join(' ')}]`)
  )
}
