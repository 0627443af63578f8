/** Executions and their logs as rows. */
import type {
  ExecutionRecord,
  ExecutionStatus,
  Fault,
  LogEntry,
  LogLevel
} from '../../../core/contracts/records.js'
import { MoonletError } from '../../../core/base/errors.js'
import { unpackText } from './packed-text.js'

const statuses: readonly ExecutionStatus[] = ['pending', 'success', 'error']
const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

export const PENDING = 0
export const toStatusNumber = (status: ExecutionStatus): number => statuses.indexOf(status)
export const toLevelNumber = (level: LogLevel): number => levels.indexOf(level)

export interface ExecutionRow {
  readonly id: string
  readonly functionId: string
  readonly version: number
  readonly status: number
  readonly trigger: string
  readonly createdAt: number
  readonly durationMs: number | null
  readonly errorMessage: string | null
  readonly faultJson: string | null
  readonly eventJson: string
  readonly responseJson: string | null
  /** In the place of the other two, where they are large and packed; see packed-text.ts. */
  readonly packedEvent?: Uint8Array | null
  readonly packedResponse?: Uint8Array | null
  readonly statusCode: number | null
  readonly jobId: string | null
  readonly attempt: number | null
  readonly streamSize: number | null
  readonly firstByteMs: number | null
  /** Only where several servers may work on the same data. */
  readonly node?: number | null
}

/** Of both. */
export const commonColumns = `e.id, f.id as functionId, e.version, e.status, e.trigger, e.created_at as createdAt,
  e.duration_ms as durationMs, e.error_message as errorMessage, e.fault_json as faultJson, e.status_code as statusCode,
  e.job_id as jobId, e.attempt, e.stream_size as streamSize, e.first_byte_ms as firstByteMs`

/** Executions whose functions and versions still exist. */
export const visible = `from executions e join functions f on f.seq = e.function
  and not exists (select 1 from purges p where p.function = e.function and p.version in (0, e.version))`

/** For lists: large events are cut. Both are to be read from `executions e` joined with `functions f`. */
export const executionColumns = `${commonColumns}, e.event_json as eventJson`

/** Event and answer whole, wherever they are, of the execution that `key` names in the tables of large texts. */
export const wholeTexts = (key: string): string => `
  coalesce((select event_json from large_events where execution = ${key}), e.event_json) as eventJson,
  coalesce((select response_json from large_responses where execution = ${key}), e.response_json) as responseJson,
  (select zstd from packed_events where execution = ${key}) as packedEvent,
  (select zstd from packed_responses where execution = ${key}) as packedResponse`

/** Everything whole. */
export const wholeColumns = `${commonColumns}, ${wholeTexts('e.seq')}`

export function toExecution(row: ExecutionRow): ExecutionRecord {
  return {
    id: row.id,
    functionId: row.functionId,
    versionId: toVersionId(row.functionId, row.version),
    status: statuses[row.status] ?? 'error',
    statusCode: row.statusCode ?? undefined,
    ...(row.streamSize === null || row.firstByteMs === null
      ? {}
      : { stream: { size: row.streamSize, firstByteMs: row.firstByteMs } }),
    durationMs: row.durationMs ?? undefined,
    errorMessage: row.errorMessage ?? undefined,
    fault: row.faultJson === null ? undefined : (JSON.parse(row.faultJson) as Fault),
    eventJson: unpacked(row, row.packedEvent) ?? row.eventJson,
    responseJson: unpacked(row, row.packedResponse) ?? row.responseJson ?? undefined,
    trigger: row.trigger,
    createdAt: row.createdAt,
    ...(row.jobId === null ? {} : { jobId: row.jobId, attempt: row.attempt ?? undefined }),
    ...(typeof row.node === 'number' ? { node: row.node } : {})
  }
}

const unpacked = (
  { id }: ExecutionRow,
  packed: Uint8Array | null | undefined
): string | undefined =>
  packed === null || packed === undefined ? undefined : unpackText(packed, `the execution ${id}`)

export interface LogRow {
  readonly level: number
  readonly message: string
  readonly createdAt: number
}

export const toLogEntry = ({ level, message, createdAt }: LogRow): LogEntry => ({
  level: levels[level] ?? 'info',
  message,
  createdAt
})

export const toVersionId = (functionId: string, version: number): string =>
  `ver_${functionId}_v${version}`

/** The number in a version id; throws STORAGE_FAILED unless it is an id of this function. */
export function toVersionNumber(functionId: string, versionId: string): number {
  const version = findVersionNumber(functionId, versionId)
  if (version === undefined) {
    throw new MoonletError(
      'STORAGE_FAILED',
      `"${versionId}" is no version id of the function ${functionId}; expected ver_${functionId}_v and a number.`
    )
  }
  return version
}

export function findVersionNumber(functionId: string, versionId: string): number | undefined {
  const prefix = `ver_${functionId}_v`
  if (!versionId.startsWith(prefix)) return undefined
  const digits = versionId.slice(prefix.length)
  return /^[1-9]\d{0,14}$/.test(digits) ? Number(digits) : undefined
}
