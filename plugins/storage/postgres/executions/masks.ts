/**
 * The masks that replace the values of each function's variables, and of those that all functions share, in texts;
 * cached until the variables change.
 */
import { LRUCache } from 'lru-cache'
import { PendingReads } from '../../../../core/base/pending-reads.js'
import { createFormsMask, findForms, type SecretMask } from '../../../../core/masking/event.js'
import type { SecretBox } from '../../secrets/secret-box.js'
import type { Database } from '../db/database.js'

interface Kept {
  readonly mask: SecretMask | undefined
}
export interface MaskRow {
  readonly isShared: boolean
  readonly name: string
  readonly value: Uint8Array
}

/** As many as functions are cached: who has the one needs the other. */
const MAX_CACHED = 10_000
/** What a function sees: its own variables and those that all share. */
export const maskSql = `
select function = 0 as "isShared", name, value from env where function in (0, owner_of($1::text))
order by function, name`

export class SecretMasks {
  private readonly cached = new LRUCache<string, Kept>({ max: MAX_CACHED })
  private readonly reads: PendingReads<Kept>
  private changes = 0
  /** Of functions without variables of their own: one for all of them. */
  private shared: Kept | undefined

  constructor(
    db: Database,
    private readonly secrets: SecretBox
  ) {
    this.reads = new PendingReads(
      async id => {
        const { state } = this
        return this.toMask(id, await db.all<MaskRow>(['functions'], maskSql, id), state)
      },
      (id, kept) => {
        this.cached.set(id, kept)
      }
    )
  }

  /** Names the present state: `keep` takes only what was read since. */
  get state(): number {
    return this.changes
  }

  has(functionId: string): boolean {
    return this.cached.has(functionId)
  }

  /** Of one that is cached. Undefined for a function that sees no variables. */
  of(functionId: string): SecretMask | undefined {
    return this.cached.get(functionId)?.mask
  }

  /** Rejects when the database cannot be read. */
  async load(functionId: string): Promise<void> {
    // A change meanwhile: what was read is not kept.
    while (!this.cached.has(functionId)) await this.reads.get(functionId)
  }

  keep(functionId: string, variables: readonly MaskRow[], state: number): void {
    if (state !== this.changes) return
    this.cached.set(functionId, this.toMask(functionId, variables, state))
  }

  /** With an empty id all of them: the shared variables were changed. */
  forget(functionId: string): void {
    this.changes++
    if (functionId === '') {
      this.reads.forgetAll()
      this.cached.clear()
      this.shared = undefined
    } else {
      this.cached.delete(functionId)
      this.reads.forget(functionId)
    }
  }

  private toMask(functionId: string, rows: readonly MaskRow[], state: number): Kept {
    const own = this.formsOf(
      functionId,
      rows.filter(({ isShared }) => !isShared)
    )
    if (own.length === 0 && this.shared !== undefined && state === this.changes) return this.shared
    const forms = this.formsOf(
      '',
      rows.filter(({ isShared }) => isShared)
    )
    if (own.length > 0) return { mask: createFormsMask([...own, ...forms]) }
    const kept = { mask: forms.length === 0 ? undefined : createFormsMask(forms) }
    if (state === this.changes) this.shared = kept
    return kept
  }

  /** Values that cannot be opened are not known to the function either. */
  private formsOf(functionId: string, rows: readonly MaskRow[]): readonly string[] {
    try {
      return findForms(rows.map(({ name, value }) => this.secrets.open(value, functionId, name)))
    } catch {
      return []
    }
  }
}
