/** Why an invocation is rejected, as callers are told; where a later try may succeed, with a time after which. */
import { MoonletError } from '../../core/base/errors.js'
import { limitTexts } from '../../core/base/limit-texts.js'

const unavailable = (
  code: 'QUEUE_FULL' | 'QUEUE_TIMEOUT' | 'SERVER_STOPPING' | 'SANDBOX_START_FAILED',
  message: string,
  seconds: number
): MoonletError => new MoonletError(code, message, { headers: { 'Retry-After': String(seconds) } })

export const queueFull = (limit: number): MoonletError =>
  unavailable('QUEUE_FULL', limitTexts.queueFull(limit), 1)

export const queueTimeout = (seconds: number, max: number): MoonletError =>
  unavailable(
    'QUEUE_TIMEOUT',
    `No sandbox was free within ${seconds} seconds (QUEUE_TIMEOUT; SANDBOX_MAX is ${max})`,
    5
  )

/** Of a call that a function makes. */
export const stuckCall = (max: number): MoonletError =>
  new MoonletError(
    'DEADLOCK',
    'No sandbox can become free: every one that this call may use waits for a call of its own ' +
      `(SANDBOX_MAX is ${max})`
  )

/** Nobody is left to be told. */
export const callerGone = new MoonletError(
  'CALLER_GONE',
  'The caller hung up before a sandbox was free'
)

export const serverStopping = (): MoonletError =>
  unavailable('SERVER_STOPPING', 'The server is stopping', 5)

export const startFailed = (message: string): MoonletError =>
  unavailable('SANDBOX_START_FAILED', message, 30)
