/** Writes of key-value entries, with their quotas. Every method must be called within a batch. */
import type { Database } from 'better-sqlite3'
import type { Quotas } from '../quotas/quotas.js'
import { bytesOf } from '../quotas/row-bytes.js'
import type { StoredBytes } from '../quotas/stored-bytes.js'
import type { KvRemover } from './kv-remover.js'
import { prepareKvStatements, type KvStatements } from './kv-statements.js'
import { addTo } from './number-values.js'

interface Parts {
  readonly db: Database
  readonly quotas: Quotas
  readonly remover: KvRemover
  readonly stored: StoredBytes
  readonly nowMs: () => number
}

interface Replacement {
  readonly expected: Uint8Array | undefined
  readonly next: Uint8Array | undefined
  /** For an entry that has no expiry. */
  readonly expiresAt: number | undefined
}

/** Expired entries that a write removes at most to make room. */
const MAX_EXPIRED_AT_ONCE = 100

export class KvWriter {
  private readonly sql: KvStatements

  constructor(private readonly parts: Parts) {
    this.sql = prepareKvStatements(parts.db)
  }

  set(owner: number, key: Uint8Array, value: Uint8Array, expiresAt: number | undefined): void {
    this.put(owner, key, value, expiresAt ?? null)
  }

  /** False: there is no such entry. An expired one counts as absent and is left to the expiry. */
  delete(owner: number, key: Uint8Array): boolean {
    const bytes = this.sql.size.get(owner, key)
    if (bytes === undefined) return false
    if (this.sql.delete.run(owner, key, this.parts.nowMs()).changes === 0) return false
    this.parts.stored.add(owner, 'kv', -bytes)
    return true
  }

  /** Returns the sum. Throws KV_NOT_A_NUMBER. */
  increment(owner: number, key: Uint8Array, by: number, expiresAt: number | undefined): number {
    const entry = this.sql.getEntry.get(owner, key, this.parts.nowMs())
    const { sum, text } = addTo(entry?.value, by)
    this.put(owner, key, Buffer.from(text), entry?.expiresAt ?? expiresAt ?? null)
    return sum
  }

  compareAndSet(
    owner: number,
    key: Uint8Array,
    { expected, next, expiresAt }: Replacement
  ): boolean {
    const entry = this.sql.getEntry.get(owner, key, this.parts.nowMs())
    if (!isEqual(entry?.value, expected)) return false
    if (next === undefined) this.delete(owner, key)
    else this.put(owner, key, next, entry?.expiresAt ?? expiresAt ?? null)
    return true
  }

  private put(owner: number, key: Uint8Array, value: Uint8Array, expiresAt: number | null): void {
    const { quotas, remover, stored, nowMs } = this.parts
    quotas.reserveKv(owner, this.growth(owner, key, value), () => {
      remover.removeExpired(nowMs(), MAX_EXPIRED_AT_ONCE)
    })
    // Counted again: making room may have removed an expired entry with this key.
    const growth = this.growth(owner, key, value)
    this.sql.put.run(owner, key, value, expiresAt)
    stored.add(owner, 'kv', growth)
  }

  /** By how many bytes the store grows. An expired entry counts: the new one replaces it. */
  private growth(owner: number, key: Uint8Array, value: Uint8Array): number {
    return bytesOf('kv', key, value) - (this.sql.size.get(owner, key) ?? 0)
  }
}

function isEqual(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : Buffer.compare(a, b) === 0
}
