/**
 * Who writes an entry holds the lock of its key until the end of the transaction. A batch takes all its locks first, in
 * their order, so that two servers never wait for each other. Two keys that share a lock cost some waiting at worst.
 *
 * A batch that stores values may hold its locks beyond its transaction, until this server knows that it is committed:
 * so long nobody writes behind its back, and its reads need not ask. They are given back with the next statements on
 * that connection, before any lock is taken. A server that comes to a stop in between loses its connection, so that
 * the others do not wait for it.
 */
import type { Statement } from '../db/statement.js'
import { integers } from '../db/values.js'

/** Of all advisory locks with two numbers, the first of these. */
const CLASS = 77
/** Stands for the room that is left, in migrations/postgres. */
const ROOM = -1
/** How long the database leaves a connection that holds locks to a server that says nothing. */
const LEFT_ALONE_MS = 3_000
/** Behind sending what holds them, they are held at least so long, unless the connection breaks. */
export const HELD_FOR_CERTAIN_MS = 1_000

export const lockKey = (scope: string, key: Uint8Array): Statement => locksOf([lockOf(scope, key)])

/** In the order given; until the end of the transaction. */
export const locksOf = (locks: readonly number[]): Statement => ({
  sql: `select pg_advisory_xact_lock(${CLASS}, k::int4) from unnest($1::int8[]) as k`,
  values: [integers(locks)]
})

/** In the order given; until `RELEASE`. */
export const heldLocksOf = (locks: readonly number[]): Statement => ({
  sql: `select set_config('idle_session_timeout', '${LEFT_ALONE_MS}', false), count(pg_advisory_lock(${CLASS}, k::int4))
    from unnest($1::int8[]) as k`,
  values: [integers(locks)]
})

export const RELEASE: Statement = {
  sql: "select set_config('idle_session_timeout', null, false), pg_advisory_unlock_all()",
  values: []
}

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
