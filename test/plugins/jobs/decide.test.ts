/** What becomes of a job after an attempt, as tables. */
import t from 'tap'
import { defaultRetry, type RetryPolicy } from '../../../core/contracts/front-door.js'
import type { JobOutcome } from '../../../core/contracts/invocation.js'
import type { JobEnd } from '../../../core/contracts/job-ends.js'
import { faultKinds } from '../../../core/contracts/records.js'
import { backoff, decideNext } from '../../../plugins/jobs/decide.js'

const NOW = 1_700_000_000_000
const moment = { attempt: 1, now: NOW, random: 0.5 }
const steady: RetryPolicy = { ...defaultRetry, jitter: 0 }
const noAnswer = { answer: undefined, fault: undefined, errorMessage: undefined }

const answered = (
  statusCode: number,
  headers: Record<string, string | string[]> = {}
): JobOutcome => ({
  ...noAnswer,
  answer: { statusCode, headers, body: new Uint8Array(0), isBase64Encoded: false }
})

const endOf = (outcome: JobOutcome, policy = steady, attempt = 1): JobEnd =>
  decideNext(outcome, policy, { ...moment, attempt })

t.test('answers below 400 succeed, those that say "later" wait, other 4xx are the end', async t => {
  const table: [number, JobEnd['status']][] = [
    [100, 'succeeded'],
    [200, 'succeeded'],
    [204, 'succeeded'],
    [399, 'succeeded'],
    [400, 'dead'],
    [404, 'dead'],
    [408, 'waiting'],
    [410, 'dead'],
    [425, 'waiting'],
    [429, 'waiting'],
    [499, 'dead'],
    [500, 'waiting'],
    [503, 'waiting'],
    [999, 'waiting']
  ]
  for (const [statusCode, status] of table) {
    t.match(endOf(answered(statusCode)), { status, statusCode }, `${statusCode}`)
  }
})

t.test(
  'whatever kept it from an answer is tried again, until its attempts are used up',
  async t => {
    for (const kind of faultKinds) {
      const outcome = { ...noAnswer, fault: { kind, message: 'no' } }
      t.match(endOf(outcome), { status: 'waiting', dueAt: NOW + 10_000, error: `${kind}: no` })
      t.match(endOf(outcome, steady, 5), {
        status: 'dead',
        reason: 'attempts',
        error: `${kind}: no`
      })
    }
    t.equal(endOf(answered(500), { ...steady, max_attempts: 1 }).status, 'dead')
  }
)

t.test('delays grow by the factor up to the longest, and 0 is one', async t => {
  const delays = (policy: RetryPolicy) =>
    [1, 2, 3, 4, 50].map(attempt => backoff(policy, { ...moment, attempt }) / 1000)
  t.same(delays(steady), [10, 30, 90, 270, 3600])
  t.same(delays({ ...steady, first_delay_seconds: 0 }), [0, 0, 0, 0, 0])
  t.same(delays({ ...steady, factor: 1 }), [10, 10, 10, 10, 10])
  t.same(delays({ ...steady, max_delay_seconds: 0 }), [0, 0, 0, 0, 0])
  t.same(delays({ ...steady, factor: 100, max_delay_seconds: 20 }), [10, 20, 20, 20, 20])
})

t.test(
  'jitter makes a delay shorter or longer by its part, never longer than the longest',
  async t => {
    const of = (random: number, change: Partial<RetryPolicy> = {}) =>
      backoff({ ...steady, jitter: 0.5, ...change }, { ...moment, random })
    t.same(
      [0, 0.5, 1].map(random => of(random)),
      [5000, 10_000, 15_000]
    )
    t.equal(of(1, { max_delay_seconds: 12 }), 12_000)
  }
)

t.test('Retry-After is respected in seconds and as a date, whatever its case', async t => {
  const table: [Record<string, string | string[]>, number][] = [
    [{ 'Retry-After': '7' }, 7000],
    [{ 'retry-after': ' 0 ' }, 0],
    [{ 'RETRY-AFTER': ['5', '9'] }, 5000],
    [{ 'Retry-After': new Date(NOW + 60_000).toUTCString() }, 60_000],
    [{ 'Retry-After': new Date(NOW - 60_000).toUTCString() }, 0],
    [{ 'Retry-After': 'soon' }, 10_000],
    [{ 'Retry-After': '-5' }, 10_000],
    [{ 'Retry-After': '' }, 10_000],
    [{ 'Retry-After': [] }, 10_000],
    [{}, 10_000]
  ]
  for (const [headers, delay] of table) {
    for (const status of [429, 503]) {
      const end = endOf(answered(status, headers))
      t.match(end, { status: 'waiting', dueAt: NOW + delay }, JSON.stringify(headers))
    }
  }
  const far = endOf(answered(429, { 'Retry-After': '9'.repeat(40) }))
  t.ok('dueAt' in far && Number.isSafeInteger(far.dueAt), 'a huge one is bounded')
})

t.test('the last word is the function’s own', async t => {
  const retry = { kind: 'retry', afterSeconds: 42 } as const
  const giveUp = { kind: 'give_up', reason: 'no such customer' } as const
  for (const outcome of [answered(200), answered(404), { ...noAnswer }]) {
    t.match(endOf({ ...outcome, wish: retry }), { status: 'waiting', dueAt: NOW + 42_000 })
    t.match(endOf({ ...outcome, wish: giveUp }), {
      status: 'dead',
      reason: 'gave_up',
      error: 'no such customer'
    })
  }
  t.match(endOf({ ...noAnswer, wish: retry }, steady, 5), { status: 'dead', reason: 'attempts' })
  for (const attempt of [1, 5]) {
    const { error } = endOf({ ...answered(200), wish: retry }, steady, attempt) as {
      error?: string
    }
    t.match(error, /ctx\.retry_after/, 'a good answer is no reason')
  }
})

t.test('a long error is cut', async t => {
  const end = endOf({ ...noAnswer, fault: { kind: 'runtime', message: 'x'.repeat(1e6) } })
  t.ok('error' in end && (end.error ?? '').length <= 1001)
})
