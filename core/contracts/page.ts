/** Pages of lists. */

/** `limit` 1 to 100; `offset` from 0. */
export interface Page {
  readonly limit: number
  readonly offset: number
}

export interface Paged<T> {
  readonly rows: T[]
  readonly total: number
  /**
   * Set when a search ended at its time limit: the newest were searched, older matches may exist, and `total` is what
   * was found.
   */
  readonly partial?: boolean
}
