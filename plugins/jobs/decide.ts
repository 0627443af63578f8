/** What becomes of a job after an attempt, by what came of it and the function's policy. */
import type { RetryPolicy } from '../../core/contracts/front-door.js'
import type { Answer, JobOutcome } from '../../core/contracts/invocation.js'
import { MAX_DELAY_MS } from '../../core/contracts/jobs.js'
import type { DeathReason, JobEnd } from '../../core/contracts/job-ends.js'

/** Longest text of an error that a job keeps; its execution has all of it. */
const MAX_ERROR = 1000
/** Why a job with a good answer waits, or is dead. */
const ASKED = 'the function asked for another attempt (ctx.retry_after)'
/** Answers that say "later", beside all from 500 on. */
const retried = new Set([408, 425, 429])

export interface Moment {
  /** The attempt that has ended, from 1. */
  readonly attempt: number
  /** Unix milliseconds. */
  readonly now: number
  /** From 0 up to 1. */
  readonly random: number
}

export function decideNext(outcome: JobOutcome, policy: RetryPolicy, moment: Moment): JobEnd {
  const { answer, wish } = outcome
  const statusCode = answer?.statusCode
  const error = errorOf(outcome)
  const die = (reason: DeathReason, text = error): JobEnd => ({
    status: 'dead',
    reason,
    statusCode,
    error: text
  })
  const wait = (delayMs: number, text = error): JobEnd =>
    moment.attempt >= policy.max_attempts
      ? die('attempts', text)
      : { status: 'waiting', dueAt: Math.round(moment.now + delayMs), statusCode, error: text }

  if (wish?.kind === 'give_up') return die('gave_up', cut(wish.reason))
  if (wish?.kind === 'retry') {
    return wait(Math.min(wish.afterSeconds * 1000, MAX_DELAY_MS), error ?? ASKED)
  }
  if (answer === undefined) return wait(backoff(policy, moment))
  if (answer.statusCode < 400) return { status: 'succeeded', statusCode }
  if (answer.statusCode < 500 && !retried.has(answer.statusCode)) return die('status')
  return wait(retryAfter(answer, moment.now) ?? backoff(policy, moment))
}

/** Milliseconds before the next attempt. */
export function backoff(policy: RetryPolicy, { attempt, random }: Moment): number {
  const { first_delay_seconds: first, factor, max_delay_seconds: max, jitter } = policy
  const delay = Math.min(first * factor ** (attempt - 1), max)
  return Math.min(delay * (1 + jitter * (2 * random - 1)), max) * 1000
}

/** What the answer's Retry-After says, in milliseconds: seconds, or a date. */
function retryAfter({ headers }: Answer, now: number): number | undefined {
  const name = Object.keys(headers).find(key => key.toLowerCase() === 'retry-after')
  const text = name === undefined ? '' : [headers[name] ?? ''].flat()[0]?.trim()
  if (text === undefined || text === '') return undefined
  const delay = /^\d+$/.test(text) ? Number(text) * 1000 : toDate(text) - now
  return Number.isFinite(delay) ? Math.min(Math.max(0, delay), MAX_DELAY_MS) : undefined
}

/** A date of HTTP begins with the name of a day; `Date.parse` takes nearly everything. */
const toDate = (text: string): number => (/^[a-z]{3}/i.test(text) ? Date.parse(text) : NaN)

function errorOf({ answer, fault }: JobOutcome): string | undefined {
  if (fault !== undefined) return cut(`${fault.kind}: ${fault.message}`)
  return answer === undefined || answer.statusCode < 400
    ? undefined
    : `answered ${answer.statusCode}`
}

const cut = (text: string): string =>
  text.length <= MAX_ERROR ? text : `${text.slice(0, MAX_ERROR)}…`
