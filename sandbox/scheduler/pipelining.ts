/**
 * How many invocations one process may hold: the one it runs, and those that wait in its pipe. Each one in the pipe
 * saves the round trip between the two processes.
 */
const QUEUED_BY_DEFAULT = 3
const WAITING_PER_SLOT = 4
const MAX_QUEUED = 256

/**
 * One slot more for every four calls that wait in the server's queue: the busier the server is with turning calls
 * away, the less often it comes round to filling the pipes.
 */
export const maxInFlight = (waiting: number): number =>
  1 + Math.min(MAX_QUEUED, QUEUED_BY_DEFAULT + Math.floor(waiting / WAITING_PER_SLOT))
