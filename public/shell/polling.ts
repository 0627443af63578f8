/** Asks again from time to time, for what no event tells of: while the page is seen, and never twice at once. */
export interface Polling {
  stop(): void
}

/** `ask` is called when `isNeeded`; a round that took long delays the next one. */
export function startPolling(
  ask: () => Promise<void>,
  isNeeded: () => boolean,
  pauseMs: number
): Polling {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isStopped = false
  const wait = (): void => {
    timer = setTimeout(async () => {
      if (!document.hidden && isNeeded()) await ask()
      if (!isStopped) wait()
    }, pauseMs)
  }
  wait()
  return {
    stop() {
      isStopped = true
      clearTimeout(timer)
    }
  }
}
