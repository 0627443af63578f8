/**
 * Work put off to the end of a turn of the event loop, so that what the turn brings is done together.
 *
 * Where more than a thousand sockets are ready at a time, libuv reads on for up to 48 batches of 1,024 before the
 * turn ends: under overload that is up to a second in which sandboxes would wait for frames, and callers for their
 * commit. So whoever handles such events calls `breathe` with each: after some milliseconds it does what was put off.
 */
const MOST_MS = 2

let tasks: Array<() => void> = []
let since = 0

/** Calls `task` once, when this turn ends or has taken too long. It must not throw. */
export function atTurnsEnd(task: () => void): void {
  if (tasks.push(task) > 1) return
  since = performance.now()
  setImmediate(endTurn)
}

/** Does what was put off if that has waited for too long. Only for the outermost frame of an event's handler. */
export function breathe(): void {
  if (tasks.length > 0 && performance.now() - since > MOST_MS) endTurn()
}

function endTurn(): void {
  const due = tasks
  tasks = []
  for (const task of due) task()
}
