/** Jobs that may wait in a process's pipe behind the one going on. */
const PIPE_DEPTH = 3
const QUEUED_PER_PIPED = 4
const MOST_PIPED = 256

/** One more for so many that queue, up to a most: the busier the server is with refusing, the rarer it comes to fill the pipes. */
export const pipeDepth = (queued: number): number =>
  Math.min(MOST_PIPED, PIPE_DEPTH + Math.floor(queued / QUEUED_PER_PIPED))
