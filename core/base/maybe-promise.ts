/** A value, or a promise of it only where something has to be waited for: saves the hot path a tick. */
export type MaybePromise<T> = T | Promise<T>
