/**
 * What a job runs, as it is kept: JSON of the event without its body, a line break, the body as it came; encrypted,
 * since callers send credentials with it. Functions and jobs are authenticated with it, as names are of variables.
 */
import { MoonletError } from '../../../core/base/errors.js'
import type { ClaimedJob, JobCall } from '../../../core/contracts/jobs.js'
import type { InvocationEvent } from '../../../core/contracts/invocation.js'
import type { SecretBox } from '../secrets/secret-box.js'
import { toJob, type JobRow } from './job-rows.js'

const LINE_BREAK = 0x0a

interface StoredCall {
  readonly event: Omit<InvocationEvent, 'body'>
  readonly caller: JobCall['caller']
}

export function sealCall(
  secrets: SecretBox,
  jobId: string,
  { event, caller }: JobCall
): Uint8Array {
  const { body, ...rest } = event
  const head = JSON.stringify({ event: rest, caller } satisfies StoredCall)
  return secrets.sealBytes(Buffer.concat([Buffer.from(`${head}\n`), body]), contextOf(jobId))
}

/** Throws STORAGE_FAILED when it was encrypted with another key. */
export function openCall(secrets: SecretBox, jobId: string, sealed: Uint8Array): JobCall {
  const bytes = secrets.openBytes(sealed, contextOf(jobId), `The event of the job ${jobId}`)
  const end = bytes.indexOf(LINE_BREAK)
  const { event, caller } = JSON.parse(bytes.toString('utf8', 0, end)) as StoredCall
  return { event: { ...event, body: bytes.subarray(end + 1) }, caller }
}

export const contextOf = (jobId: string): string => `job\0${jobId}`

/** A job that was just claimed, with its call; undefined: it is not claimed. */
export function toClaimedJob(
  secrets: SecretBox,
  row: JobRow,
  sealed: Uint8Array | null | undefined
): ClaimedJob | undefined {
  const { startedAt, executionId, ...job } = toJob(row)
  if (startedAt === undefined || executionId === undefined) return undefined
  return { ...job, startedAt, executionId, call: openIfPossible(secrets, row.id, sealed) }
}

function openIfPossible(
  secrets: SecretBox,
  jobId: string,
  sealed: Uint8Array | null | undefined
): JobCall | undefined {
  if (sealed === undefined || sealed === null) return undefined
  try {
    return openCall(secrets, jobId, sealed)
  } catch (error) {
    if (error instanceof MoonletError) return undefined
    throw error
  }
}
