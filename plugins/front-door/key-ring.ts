/** The keys of functions in memory, by their hashes; the storage says when they change. */
import type { MaybePromise } from '../../core/base/maybe-promise.js'
import type { AccessKeyRecord, AccessKeyStore } from '../../core/contracts/access-keys.js'

type Ring = ReadonlyMap<string, AccessKeyRecord>

/** Functions whose keys are in memory; the oldest go first. */
const MAX_FUNCTIONS = 10_000
/** When a key was used is written once in this time. */
const NOTE_SECONDS = 60

export class KeyRing {
  private readonly rings = new Map<string, Ring>()
  private readonly loading = new Map<string, Promise<Ring>>()
  private readonly notedAt = new Map<string, number>()

  constructor(private readonly store: Pick<AccessKeyStore, 'list' | 'noteUse'>) {}

  /** At once, unless the keys of the function have to be read first. */
  of(functionId: string): MaybePromise<Ring> {
    return this.rings.get(functionId) ?? this.loading.get(functionId) ?? this.load(functionId)
  }

  /** `now` in Unix seconds. */
  noteUse({ id, lastUsedAt = 0 }: AccessKeyRecord, now: number): void {
    if (now - Math.max(lastUsedAt, this.notedAt.get(id) ?? 0) < NOTE_SECONDS) return
    if (this.notedAt.size >= MAX_FUNCTIONS) this.notedAt.clear()
    this.notedAt.set(id, now)
    this.store.noteUse(id, now)
  }

  forget(functionId: string): void {
    this.rings.delete(functionId)
    this.loading.delete(functionId)
  }

  private async load(functionId: string): Promise<Ring> {
    const loaded = this.store.list(functionId).then(keys => {
      const ring: Ring = new Map(keys.map(key => [key.hash, key]))
      // A change in the meantime has made this an old reading.
      if (this.loading.get(functionId) === loaded) this.keep(functionId, ring)
      return ring
    })
    this.loading.set(functionId, loaded)
    try {
      return await loaded
    } finally {
      if (this.loading.get(functionId) === loaded) this.loading.delete(functionId)
    }
  }

  private keep(functionId: string, ring: Ring): void {
    this.rings.set(functionId, ring)
    const [oldest] = this.rings.keys()
    if (this.rings.size > MAX_FUNCTIONS && oldest !== undefined) this.rings.delete(oldest)
  }
}
