/**
 * A signal that aborts when the caller's does, or when the time is over, whichever is first. `AbortSignal.any` would do
 * the same at five to seven times the processor time, and with `AbortSignal.timeout` it keeps 1 KB of each request for
 * the whole 30 s (test/bench/NOTES.md).
 */
import { failures } from './failure.js'

/** `stop` must be called when the work is done: it lets go of the timer and of the caller's signal. */
export function startDeadline(
  caller: AbortSignal,
  ms: number,
  tooSlow: () => Error
): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController()
  const onEnd = () => controller.abort(failures.ended())
  const timer = setTimeout(() => controller.abort(tooSlow()), ms)
  if (caller.aborted) onEnd()
  else caller.addEventListener('abort', onEnd, { once: true })
  return {
    signal: controller.signal,
    stop() {
      clearTimeout(timer)
      caller.removeEventListener('abort', onEnd)
    }
  }
}
