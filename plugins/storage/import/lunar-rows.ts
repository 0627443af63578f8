/** Rows of lunar's tables as Moonlet's records. Each function throws an Error that says what is wrong. */
import { errorText } from '../../../core/lua-advice/error-text.js'
import type {
  AiRequestRecord,
  EmailRequestRecord,
  Fault,
  LogEntry
} from '../../../core/contracts/records.js'
import type { FinishedExecution } from '../../../core/contracts/executions.js'
import {
  checkCodeLength,
  checkCronSchedule,
  checkDescription,
  checkName
} from '../../../core/validation/function-fields.js'
import { limits } from '../../../core/validation/limits.js'
import { findVersionNumber, toVersionId } from '../executions/rows.js'
import { flag, id, integer, oneOf, optionalInteger, optionalText, text } from './columns.js'
import type { Row } from './lunar-database.js'

const levels = ['debug', 'info', 'warn', 'error'] as const
const interrupted: Fault = {
  kind: 'interrupted',
  message: 'The run was still pending in the database it was imported from.'
}

export function toFunctionRow(row: Row) {
  const retentionDays = optionalInteger(row, 'retention_days')
  const createdAt = integer(row, 'created_at')
  const name = text(row, 'name')
  checkName(name)
  const description = optionalText(row, 'description')
  if (description !== undefined) checkDescription(description)
  const schedule = readSchedule(row)
  return {
    id: id(row, 'id'),
    name,
    description,
    disabled: flag(row, 'disabled'),
    retentionDays: (limits.retentionDays as readonly (number | undefined)[]).includes(retentionDays)
      ? retentionDays
      : undefined,
    cronSchedule: schedule.text,
    cronStatus:
      schedule.text !== undefined && optionalText(row, 'cron_status') === 'active'
        ? 'active'
        : 'paused',
    scheduleProblem: schedule.problem,
    saveResponse: flag(row, 'save_response'),
    language: toLanguage(row),
    createdAt,
    updatedAt: optionalInteger(row, 'updated_at') ?? createdAt
  }
}

/** A function with an invalid schedule is imported without it: it would never be due. */
function readSchedule(row: Row): { text?: string | undefined; problem?: string } {
  const text = optionalText(row, 'cron_schedule')
  try {
    checkCronSchedule(text ?? '')
    return { text }
  } catch (error) {
    return {
      problem: `${JSON.stringify(text).slice(0, 100)}: ${error instanceof Error ? error.message : String(error)}`
    }
  }
}

export function toVersionRow(row: Row) {
  const version = integer(row, 'version')
  if (version < 1) throw new Error(`version is ${version}, not a number from 1`)
  const code = text(row, 'code')
  checkCodeLength(code)
  return {
    version,
    code,
    createdAt: integer(row, 'created_at'),
    isActive: flag(row, 'is_active'),
    language: toLanguage(row)
  }
}

/** undefined: Lua, the only language of lunar's earlier versions, which do not name it. */
function toLanguage(row: Row): string | undefined {
  const name = optionalText(row, 'language')?.trim() ?? ''
  return name === '' || name.toLowerCase() === 'lua' ? undefined : name
}

/** `versionNumbers` has the numbers of version ids that do not contain them. */
export function toExecution(
  row: Row,
  versionNumbers: ReadonlyMap<string, number>
): { execution: FinishedExecution; version: number } {
  const executionId = id(row, 'id')
  const functionId = text(row, 'function_id')
  const versionId = text(row, 'function_version_id')
  const version = versionNumbers.get(versionId) ?? findVersionNumber(functionId, versionId)
  if (version === undefined) {
    throw new Error(`function_version_id is ${JSON.stringify(versionId)}, which is no version`)
  }
  const status = oneOf(row, 'status', ['pending', 'success', 'error'])
  const fault = status === 'pending' ? interrupted : undefined
  const responseJson = optionalText(row, 'response_json') || undefined
  return {
    version,
    execution: {
      id: executionId,
      functionId,
      versionId: toVersionId(functionId, version),
      trigger: optionalText(row, 'trigger') || 'http',
      eventJson: optionalText(row, 'event_json') || '{}',
      createdAt: integer(row, 'created_at'),
      status: status === 'success' ? 'success' : 'error',
      durationMs: optionalInteger(row, 'duration_ms') ?? 0,
      errorMessage:
        fault === undefined
          ? optionalText(row, 'error_message') || undefined
          : errorText(fault, ''),
      fault,
      responseJson,
      statusCode:
        fault === undefined && responseJson !== undefined
          ? readStatusCode(responseJson)
          : undefined,
      logs: []
    }
  }
}

/** The status of a stored response. One that was cut for its length still begins with it. */
function readStatusCode(responseJson: string): number | undefined {
  const [, digits] = /^\s*\{\s*"statusCode"\s*:\s*([1-9]\d\d)\s*[,}]/.exec(responseJson) ?? []
  return digits === undefined ? undefined : Number(digits)
}

export function toLogEntry(row: Row): LogEntry {
  const level = levels[integer(row, 'level')]
  if (level === undefined) throw new Error(`level is ${integer(row, 'level')}, not 0 to 3`)
  return { level, message: text(row, 'message'), createdAt: integer(row, 'timestamp') }
}

const toRequest = (row: Row) => ({
  id: id(row, 'id'),
  executionId: text(row, 'execution_id'),
  requestJson: optionalText(row, 'request_json') ?? '',
  responseJson: optionalText(row, 'response_json') || undefined,
  status: oneOf(row, 'status', ['success', 'error']),
  errorMessage: optionalText(row, 'error_message') || undefined,
  durationMs: optionalInteger(row, 'duration_ms') ?? 0,
  createdAt: integer(row, 'created_at')
})

export function toAiRequest(row: Row): AiRequestRecord {
  return {
    ...toRequest(row),
    provider: text(row, 'provider'),
    model: text(row, 'model'),
    endpoint: optionalText(row, 'endpoint') ?? '',
    inputTokens: optionalInteger(row, 'input_tokens'),
    outputTokens: optionalInteger(row, 'output_tokens')
  }
}

export function toEmailRequest(row: Row): EmailRequestRecord {
  return {
    ...toRequest(row),
    from: text(row, 'from_address'),
    to: splitAddresses(text(row, 'to_addresses')),
    subject: optionalText(row, 'subject') ?? '',
    hasText: flag(row, 'has_text'),
    hasHtml: flag(row, 'has_html'),
    emailId: optionalText(row, 'email_id') || undefined
  }
}

/** lunar joins addresses with commas; one within quotes belongs to a name. */
function splitAddresses(joined: string): string[] {
  return (joined.match(/(?:"[^"]*"|[^,"]|")+/g) ?? [])
    .map(address => address.trim())
    .filter(address => address !== '')
}
