/** What the headers of a background call say of its job. */
import type { IncomingHttpHeaders } from 'node:http'
import { MoonletError } from '../../../core/base/errors.js'
import { MAX_IDEMPOTENCY_KEY } from '../../../core/contracts/jobs.js'

/** Strangers cannot fill the store with what is due in years. */
const MAX_DELAY_DAYS = 30
const MAX_DELAY_MS = MAX_DELAY_DAYS * 24 * 3_600_000

export interface JobWishes {
  readonly delayMs: number
  readonly idempotencyKey: string | undefined
}

/** Throws INVALID_REQUEST with what is wrong. */
export const readJobWishes = (headers: IncomingHttpHeaders, now: number): JobWishes => ({
  delayMs: readDelay(headers['moonlet-delay'], now),
  idempotencyKey: readKey(headers['idempotency-key'])
})

function readDelay(given: string | readonly string[] | undefined, now: number): number {
  if (given === undefined) return 0
  const text = String(given).trim()
  const delay = /^\d{1,10}(?:\.\d{1,3})?$/.test(text) ? Number(text) * 1000 : toDelay(text, now)
  if (delay === undefined) {
    throw invalid('Moonlet-Delay', 'must be seconds, such as 30, or an HTTP date')
  }
  if (delay > MAX_DELAY_MS) {
    throw invalid('Moonlet-Delay', `cannot be more than ${MAX_DELAY_DAYS} days from now`)
  }
  return Math.round(delay)
}

/** Only the form of HTTP: `Date.parse` takes nearly everything. A date that has passed is now. */
function toDelay(text: string, now: number): number | undefined {
  const date = Date.parse(text)
  if (!Number.isFinite(date) || new Date(date).toUTCString() !== text) return undefined
  return Math.max(0, date - now)
}

/** Visible characters; quotes around them, as the draft of the header has them, are not part of the key. */
function readKey(given: string | readonly string[] | undefined): string | undefined {
  if (given === undefined) return undefined
  const text = String(given)
  const key = /^"(.*)"$/.exec(text)?.[1] ?? text
  if (key === '' || key.length > MAX_IDEMPOTENCY_KEY || !/^[\x21-\x7e]+$/.test(key)) {
    throw invalid(
      'Idempotency-Key',
      `must be 1 to ${MAX_IDEMPOTENCY_KEY} visible characters without blanks`
    )
  }
  return key
}

const invalid = (header: string, text: string): MoonletError =>
  new MoonletError('INVALID_REQUEST', `${header}: ${header} ${text}`)
