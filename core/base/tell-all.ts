/**
 * Calls every listener with `news`. One that throws keeps neither the others from hearing it nor its caller from going
 * on: the error is thrown again outside of both, where nobody catches it (see uncaught.ts).
 */
export function tellAll<T>(listeners: Iterable<(news: T) => void>, news: T): void {
  for (const listener of listeners) {
    try {
      listener(news)
    } catch (error) {
      throwLater(error)
    }
  }
}

/** Throws where nobody catches it. */
export function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}
