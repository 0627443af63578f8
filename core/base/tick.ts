/**
 * Work deferred to the end of a tick (a turn of the event loop), so that what the tick brings is done together.
 *
 * Where more than a thousand sockets are ready at a time, libuv reads on for up to 48 batches of 1,024 before the
 * tick ends: under overload that is up to a second in which sandboxes would wait for frames, and callers for their
 * commit. So handlers of such events call `flushIfLate` with each event: after some milliseconds it does the
 * deferred work.
 */
const MAX_DELAY_MS = 2

let tasks: Array<() => void> = []
let since = 0
let served = 0

/** Calls `task` once, when this tick ends or has taken too long. It must not throw. */
export function deferToTickEnd(task: () => void): void {
  served++
  if (tasks.push(task) > 1) return
  since = performance.now()
  setImmediate(endTick)
}

/**
 * Does the deferred work if that has waited for too long. Only to be called from the outermost frame of an event's
 * handler.
 */
export function flushIfLate(): void {
  served++
  if (tasks.length > 0 && performance.now() - since > MAX_DELAY_MS) endTick()
}

/** Grows with every event of a handler that defers work, and with every task: while calls are served. */
export const countServed = (): number => served

function endTick(): void {
  const due = tasks
  tasks = []
  for (const task of due) task()
}
