/**
 * Who writes an entry holds the lock of its key until the end of the transaction. A batch takes all its locks first, in
 * their order, so that two servers never wait for each other. Two keys that share a lock cost some waiting at worst.
 */
import type { Statement } from '../db/statement.js'
import { integers } from '../db/values.js'

/** Of all advisory locks with two numbers, the first of these. */
const CLASS = 77
/** Stands for the room that is left, in migrations/postgres. */
const ROOM = -1

export const lockKey = (scope: string, key: Uint8Array): Statement => locksOf([lockOf(scope, key)])

/** In the order given. */
export const locksOf = (locks: readonly number[]): Statement => ({
  sql: `select pg_advisory_xact_lock(${CLASS}, k::int4) from unnest($1::int8[]) as k`,
  values: [integers(locks)]
})

/** FNV-1a (Fowler, Noll, Vo) with 32 bits. */
export function lockOf(scope: string, key: Uint8Array): number {
  let hash = 0x811c9dc5
  const add = (byte: number): void => {
    hash = Math.imul(hash ^ byte, 0x01000193)
  }
  for (let i = 0; i < scope.length; i++) add(scope.charCodeAt(i) & 0xff)
  add(0xff)
  for (const byte of key) add(byte)
  return hash === ROOM ? 0 : hash | 0
}
