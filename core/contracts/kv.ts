/** The key-value store; storage.ts says when a promise settles. */
import type { MaybePromise } from '../base/maybe-promise.js'

export interface KvEntry {
  readonly key: Uint8Array
  readonly value: Uint8Array
  /** Unix milliseconds. */
  readonly expiresAt: number | undefined
}

/**
 * Called within the write, with the entry that it would replace (undefined: none); false rejects the write with
 * PRECONDITION_FAILED. Left out: the write is unconditional.
 */
export type MayChangeEntry = (entry: KvEntry | undefined) => boolean

/**
 * `scope` is a function id, or '' for the store shared by all functions. Keys and values are bytes. Writing to a
 * function that does not exist rejects with NOT_FOUND; reading finds nothing. A write that exceeds the quota rejects
 * with QUOTA_EXCEEDED and changes nothing.
 */
export interface KvStore {
  get(scope: string, key: Uint8Array): MaybePromise<Uint8Array | undefined>
  /** `expiresAt` in Unix milliseconds; an expired entry counts as absent. */
  set(
    scope: string,
    key: Uint8Array,
    value: Uint8Array,
    expiresAt?: number,
    mayChange?: MayChangeEntry
  ): Promise<void>
  /** False: there is no such entry; `mayChange` is not called then. */
  delete(scope: string, key: Uint8Array, mayChange?: MayChangeEntry): Promise<boolean>
  /**
   * Atomic; an absent key counts as 0. Keeps the expiry; `expiresAt` holds for an entry that has none. Rejects with
   * KV_NOT_A_NUMBER, leaving the value as it was, when it is not a decimal number or the sum is not finite.
   */
  increment(scope: string, key: Uint8Array, by: number, expiresAt?: number): Promise<number>
  /**
   * Atomic; `expected` undefined means absent, `next` undefined means delete. Keeps the expiry; `expiresAt` holds for
   * an entry that has none.
   */
  compareAndSet(
    scope: string,
    key: Uint8Array,
    expected: Uint8Array | undefined,
    next: Uint8Array | undefined,
    expiresAt?: number
  ): Promise<boolean>
  /**
   * Whether the quota of the store has so little room left that a writer should learn of each write at once whether it
   * had room. From memory; false for a function that does not exist.
   */
  isNearlyFull(scope: string): boolean
  /** The writes of running executions. */
  readonly forExecution: ExecutionKv
  /**
   * The entries after `after` whose keys start with `prefix`, in byte order. Ends with the entry that brings keys and
   * values to `maxBytes`, so that large values cannot fill the server's memory.
   */
  list(
    scope: string,
    query: { prefix: Uint8Array; after: Uint8Array | undefined; limit: number; maxBytes: number }
  ): Promise<KvEntry[]>
  /** The keys alone that start with `prefix`, in byte order, at most `limit` of those after `after`. */
  keys(
    scope: string,
    query: { prefix?: Uint8Array | undefined; after: Uint8Array | undefined; limit: number }
  ): Promise<Uint8Array[]>
  /** Deletes at most `batch` expired entries; returns how many. */
  expire(nowMs: number, batch: number): Promise<number>
}

/**
 * The writing methods of `KvStore` for a running execution: they return (or throw) the result of the write without
 * waiting until it is durable. The execution's `finish` waits for that, and rejects if the write was lost.
 */
export interface ExecutionKv {
  set(
    executionId: string,
    scope: string,
    key: Uint8Array,
    value: Uint8Array,
    expiresAt?: number
  ): MaybePromise<void>
  delete(executionId: string, scope: string, key: Uint8Array): MaybePromise<boolean>
  increment(
    executionId: string,
    scope: string,
    key: Uint8Array,
    by: number,
    expiresAt?: number
  ): MaybePromise<number>
  compareAndSet(
    executionId: string,
    scope: string,
    key: Uint8Array,
    expected: Uint8Array | undefined,
    next: Uint8Array | undefined,
    expiresAt?: number
  ): MaybePromise<boolean>
}
