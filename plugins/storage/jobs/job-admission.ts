/** Whether a job is taken: its key, and why there is no room for it. */
import { createHash } from 'node:crypto'
import { MoonletError } from '../../../core/base/errors.js'

const RETRY_AFTER = '60'

/** All that is kept of an Idempotency-Key. */
export const hashOf = (key: string): Uint8Array => createHash('sha256').update(key).digest()

export const tooManyWaiting = (total: number): MoonletError =>
  full(`This function has ${total} jobs waiting, and may have no more (JOBS_WAITING).`)

export const noRoomForFunction = (): MoonletError =>
  full('The jobs of this function that wait fill its half of the room for jobs (JOBS_LIMIT).')

export const noRoomForJobs = (): MoonletError =>
  full('The jobs that wait fill the room for jobs (JOBS_LIMIT).')

const full = (message: string): MoonletError =>
  new MoonletError('JOBS_FULL', `${message} Try again later.`, {
    headers: { 'Retry-After': RETRY_AFTER }
  })
