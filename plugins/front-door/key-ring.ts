/** The keys of functions in memory, by their hashes; the storage says when they change. */
import { LRUCache } from 'lru-cache'
import { PendingReads } from '../../core/base/pending-reads.js'
import type { MaybePromise } from '../../core/base/maybe-promise.js'
import type { AccessKeyRecord, AccessKeyStore } from '../../core/contracts/access-keys.js'

type Ring = ReadonlyMap<string, AccessKeyRecord>

/** Functions whose keys are in memory, and keys whose use is; what was used longest ago goes first. */
const MAX_FUNCTIONS = 10_000
/** When a key was used is written once in this time. */
const NOTE_SECONDS = 60

export class KeyRing {
  private readonly rings = new LRUCache<string, Ring>({ max: MAX_FUNCTIONS })
  private readonly notedAt = new LRUCache<string, number>({ max: MAX_FUNCTIONS })
  private readonly reads: PendingReads<Ring>

  constructor(private readonly store: Pick<AccessKeyStore, 'list' | 'noteUse'>) {
    this.reads = new PendingReads<Ring>(
      async functionId => new Map((await store.list(functionId)).map(key => [key.hash, key])),
      (functionId, ring) => {
        this.rings.set(functionId, ring)
      }
    )
  }

  /** At once, unless the keys of the function have to be read first. */
  of(functionId: string): MaybePromise<Ring> {
    return this.rings.get(functionId) ?? this.reads.get(functionId)
  }

  /** `now` in Unix seconds. */
  noteUse({ id, lastUsedAt = 0 }: AccessKeyRecord, now: number): void {
    if (now - Math.max(lastUsedAt, this.notedAt.get(id) ?? 0) < NOTE_SECONDS) return
    this.notedAt.set(id, now)
    this.store.noteUse(id, now)
  }

  forget(functionId: string): void {
    this.rings.delete(functionId)
    this.reads.forget(functionId)
  }
}
