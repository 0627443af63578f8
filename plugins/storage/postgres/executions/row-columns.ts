/** Executions as values of columns, with what they count for in quotas. */
import type { FinishedExecution, NewExecution } from '../../../../core/contracts/executions.js'
import { bytesOf, type MeasuredTable } from '../../quotas/row-bytes.js'
import { fitsRow, toListedEvent } from '../../executions/listed-event.js'
import { packText } from '../../executions/packed-text.js'
import { PENDING, toStatusNumber, toVersionNumber } from '../../executions/rows.js'
import { toStoredText } from '../db/texts.js'

/** The columns that an end sets. */
export interface EndColumns {
  readonly status: number
  readonly durationMs: number | null
  readonly error: string | null
  readonly fault: string | null
  readonly faultKind: string | null
  readonly response: string | null
  readonly statusCode: number | null
  readonly streamSize: number | null
  readonly firstByteMs: number | null
}

export interface RowColumns extends EndColumns {
  readonly id: string
  readonly functionId: string
  readonly version: number
  readonly trigger: string
  readonly createdAt: number
  readonly event: string
  readonly jobId: string | null
  readonly attempt: number | null
}

const pendingEnd: EndColumns = {
  status: PENDING,
  durationMs: null,
  error: null,
  fault: null,
  faultKind: null,
  response: null,
  statusCode: null,
  streamSize: null,
  firstByteMs: null
}

export const toEndColumns = (end: FinishedExecution | undefined): EndColumns =>
  end === undefined
    ? pendingEnd
    : {
        status: toStatusNumber(end.status),
        durationMs: Math.round(end.durationMs),
        error: end.errorMessage ?? null,
        fault: end.fault === undefined ? null : JSON.stringify(end.fault),
        faultKind: end.fault?.kind ?? null,
        response:
          end.responseJson !== undefined && fitsRow(end.responseJson) ? end.responseJson : null,
        statusCode: end.statusCode ?? null,
        streamSize: end.stream?.size ?? null,
        firstByteMs: end.stream === undefined ? null : Math.round(end.stream.firstByteMs)
      }

export function toRowColumns(execution: NewExecution, end: EndColumns): RowColumns {
  const { id, functionId, versionId, trigger, createdAt, eventJson, jobId, attempt } = execution
  return {
    ...end,
    id,
    functionId,
    version: toVersionNumber(functionId, versionId),
    trigger,
    createdAt,
    event: fitsRow(eventJson) ? eventJson : toListedEvent(eventJson),
    jobId: jobId ?? null,
    attempt: attempt ?? null
  }
}

export const bytesOfRow = ({ error, fault, response }: EndColumns, event: string): number =>
  measure('executions', error, fault, event, response)

/** By the texts as they are stored. */
export const measure = (table: MeasuredTable, ...texts: ReadonlyArray<string | null>): number =>
  bytesOf(table, ...texts.map(text => (text === null ? null : toStoredText(text))))

/** A text, or what it was packed into. */
export type StoredText = string | Uint8Array

/** A text that is too large for a row, as it is stored; undefined: it is not too large. */
export const largeText = (text: string | undefined): StoredText | undefined =>
  text === undefined || fitsRow(text) ? undefined : (packText(text) ?? text)

export const measureLarge = (kind: 'event' | 'response', text: StoredText): number =>
  typeof text === 'string' ? measure(`large_${kind}s`, text) : bytesOf(`packed_${kind}s`, text)
