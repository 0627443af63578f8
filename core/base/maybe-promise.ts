/** A value, or a promise of it only where something has to be waited for: saves the hot path a tick. */
export type MaybePromise<T> = T | Promise<T>

/** What `next` makes of the value: now if it is there, else once it is. */
export const continueWith = <T, R>(
  value: MaybePromise<T>,
  next: (value: T) => MaybePromise<R>
): MaybePromise<R> => (value instanceof Promise ? value.then(next) : next(value))
