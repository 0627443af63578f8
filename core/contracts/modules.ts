/** Shared modules: Lua code that functions load with `require`; storage.ts says when a promise settles. */
import type { MayChange, RequiredModule, UpsertedFunction } from './functions.js'
import type { ModuleSet } from './module-set.js'
import type { Page, Paged } from './page.js'
import type { VersionOrigin } from './records.js'

export interface ModuleRecord {
  readonly id: string
  /** As `require` takes it; unique, also where only the case differs. */
  readonly name: string
  readonly description: string | undefined
  readonly createdAt: number
  readonly updatedAt: number
}

/** One version of a module's code. */
export interface ModuleVersionRecord extends VersionOrigin {
  /** `ver_{module id}_v{number}` */
  readonly id: string
  readonly moduleId: string
  /** From 1, never used twice within one module. */
  readonly version: number
  readonly code: string
  readonly createdAt: number
  readonly isActive: boolean
}

/** What its code says of itself without being run (core/lua-source). */
export interface ModuleExport {
  readonly name: string
  readonly kind: 'function' | 'value'
  /** As people read it, such as `price(item: string): number`. */
  readonly signature: string
  /** '' when nothing is said about it. */
  readonly description: string
}

/** What requires a module in its active version. */
export interface Requirer {
  readonly kind: 'function' | 'module'
  readonly id: string
  readonly name: string
}

/** Everything of a module at one moment. */
export interface ModuleSnapshot {
  readonly module: ModuleRecord
  readonly active: ModuleVersionRecord
  readonly exports: readonly ModuleExport[]
  readonly requires: readonly RequiredModule[]
  readonly requiredBy: readonly Requirer[]
  /** Names this state: every change of the module or its versions gives another. */
  readonly revision: string
}

export interface NewModule {
  readonly id: string
  readonly name: string
  readonly description: string | undefined
  readonly code: string
  readonly origin?: VersionOrigin | undefined
  readonly now: number
}

export interface ModuleChange {
  readonly patch: { readonly name?: string; readonly description?: string }
  readonly code: string | undefined
  /** False: the new version is not made the active one. */
  readonly activate?: boolean | undefined
  /** Of the new version. */
  readonly origin?: VersionOrigin | undefined
  readonly now: number
}

/** One of several changes that are made together. */
export interface ModuleUpsert {
  readonly id: string
  readonly change: ModuleChange
  /** Left out: also a module that is not there yet. Called with undefined for such a one. */
  readonly mayChange?: ((revision: string | undefined) => boolean) | undefined
}

export type UpsertedModule = UpsertedFunction

export interface ModuleOrder {
  readonly sort: 'name' | 'created_at' | 'updated_at'
  readonly order: 'asc' | 'desc'
}

/**
 * Names are unique: what would give one to two modules rejects with CONFLICT. A change that takes a module away from
 * those who require it, as its removal and another name do, rejects with CONFLICT unless it is forced; the requirers
 * are `details.required_by` then.
 */
export interface ModuleStore {
  /** Version 1 is made and active. */
  create(module: NewModule): Promise<ModuleSnapshot>
  snapshot(id: string): Promise<ModuleSnapshot | undefined>
  /** By name unless `order` says otherwise. `search` looks in name and description, in any case. */
  list(page: Page, search?: string, order?: ModuleOrder): Promise<Paged<ModuleSnapshot>>
  /**
   * Applies the patch and, if `code` is given, makes a new version, activated unless `activate` is false, in one
   * transaction. Returns the new revision; false: no such module.
   */
  update(
    id: string,
    change: ModuleChange,
    options?: { readonly force?: boolean; readonly mayChange?: MayChange | undefined }
  ): Promise<string | false>
  remove(
    id: string,
    options?: { readonly force?: boolean; readonly mayChange?: MayChange | undefined }
  ): Promise<boolean>
  /** Highest number first. */
  listVersions(id: string, page: Page): Promise<Paged<ModuleVersionRecord>>
  findVersion(id: string, version: number): Promise<ModuleVersionRecord | undefined>
  /** Returns the new revision; false: no such version of this module. */
  activate(id: string, version: number, mayChange?: MayChange): Promise<string | false>
  removeVersion(
    id: string,
    version: number,
    mayChange?: MayChange
  ): Promise<'removed' | 'missing' | 'active'>
  /**
   * The modules that this code requires now; undefined: none. `drafts` by name stand in the place of what is stored.
   */
  resolve(code: string, drafts?: ReadonlyMap<string, string>): Promise<ModuleSet | undefined>
}
