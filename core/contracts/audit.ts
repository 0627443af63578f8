/** Who changed what at the management API; storage.ts says when a promise settles. */
import type { Actor } from './actor.js'
import type { Page, Paged } from './page.js'

/** By which way a change came. */
export type AuditVia = 'dashboard' | 'cli' | 'api'

export interface AuditActor {
  readonly kind: Actor['kind']
  /** Of a session or token. */
  readonly id?: string | undefined
  /** Of a token. */
  readonly name?: string | undefined
}

/** Who does what. */
export interface AuditNote {
  readonly actor: AuditActor
  readonly via: AuditVia
  readonly ip: string
  /** Such as `function.update`. */
  readonly action: string
}

export interface AuditTarget {
  /** Such as `function`. */
  readonly kind: string
  readonly id?: string | undefined
  readonly name?: string | undefined
  /** The function that it is or belongs to. */
  readonly functionId?: string | undefined
}

/** Fields of a target; never a secret. */
export type AuditState = Readonly<Record<string, unknown>>

/** What becomes of a target; undefined: it is not there. */
export interface AuditChange {
  readonly before?: AuditState | undefined
  readonly after?: AuditState | undefined
}

/**
 * What a change is about. Of functions, modules, stored values and shared variables the storage itself looks at what
 * was there before and after; of anything else the caller says it.
 */
export type AuditSubject =
  | { readonly functions: readonly string[]; readonly modules?: readonly string[] }
  | { readonly value: { readonly functionId: string; readonly key: Uint8Array } }
  | { readonly sharedVariables: true }
  | (AuditChange & { readonly target: AuditTarget })

export interface AuditRecord extends AuditNote, AuditChange {
  /** Greater in later ones. */
  readonly id: number
  /** Unix seconds. */
  readonly at: number
  readonly target: AuditTarget
}

/** Conditions are combined with "and". */
export interface AuditFilter {
  readonly functionId?: string | undefined
  /** The kind, id or name of an actor. */
  readonly actor?: string | undefined
  /** Unix seconds, both inclusive. */
  readonly from?: number | undefined
  readonly to?: number | undefined
}

export interface AuditStore {
  /**
   * Makes `change`, which is one call of this storage, and notes in its transaction what it did: nothing when it
   * failed, returned false, `missing` or the like, or when nothing differs.
   */
  track<T>(note: AuditNote, subject: AuditSubject, change: () => Promise<T>): Promise<T>
  /** Notes what has been done by several calls, or elsewhere. */
  add(note: AuditNote, subject: Extract<AuditSubject, AuditChange>): Promise<void>
  /** Newest first. */
  list(page: Page, filter?: AuditFilter): Promise<Paged<AuditRecord>>
  /**
   * Deletes at most `limit` entries: those of before `before` (Unix seconds), and the oldest of more than `most`,
   * changes of stored values first. Returns how many.
   */
  expire(before: number, most: number, limit: number): Promise<number>
}
