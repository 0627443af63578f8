/**
 * `ctx.retry_after` and `ctx.give_up`: what a function says about another attempt of its job. It is told at once, so
 * that it counts whatever becomes of the run.
 */
import { FromChild, Wish } from '../protocol/frames.js'
import { LuaRaise, Results, type LuaValue, type NativeFunction } from '../lua/api.js'
import { send } from './host-port.js'
import { toWireText } from './wire.js'

/** As long as a job may wait: 366 days. */
const MAX_SECONDS = 366 * 86_400
const MAX_REASON = 8192

let isJob = false

/** To be called before each run. */
export function beginJob(isAttempt: boolean): void {
  isJob = isAttempt
}

const notJob = new Results([undefined, 'this run is not an attempt of a job'])

/** The first argument, also where it is called with a colon. */
const argument = ([first, second]: readonly LuaValue[]): LuaValue =>
  typeof first === 'object' && first.type === 'table' ? second : first

const retryAfter: NativeFunction = (...args) => {
  const given = argument(args)
  const seconds = typeof given === 'string' && given.trim() !== '' ? Number(given) : given
  if (typeof seconds !== 'number' || !(seconds >= 0 && seconds <= MAX_SECONDS)) {
    throw new LuaRaise(
      `bad argument #1 to 'ctx.retry_after' (seconds from 0 to ${MAX_SECONDS} expected)`
    )
  }
  if (!isJob) return notJob
  send([FromChild.wish, Wish.retry, seconds])
  return true
}

const giveUp: NativeFunction = (...args) => {
  const given = argument(args) ?? ''
  const reason = typeof given === 'number' ? String(given) : given
  if (typeof reason !== 'string' || reason.length > MAX_REASON) {
    throw new LuaRaise(
      `bad argument #1 to 'ctx.give_up' (a reason of at most ${MAX_REASON} bytes expected)`
    )
  }
  if (!isJob) return notJob
  send([FromChild.wish, Wish.giveUp, toWireText(reason)])
  return true
}

export const jobMethods = { retry_after: retryAfter, give_up: giveUp }
