/** Functions and their versions in the storage; storage.ts says when a promise settles. */
import type { FrontDoor, FrontDoorChange } from './front-door.js'
import type { RunnableVersion } from './module-set.js'
import type { Page, Paged } from './page.js'
import type { FunctionRecord, VersionOrigin, VersionRecord } from './records.js'

/**
 * Called within the transaction of a change, with the revision that it would replace; false rejects the change with
 * PRECONDITION_FAILED. Left out: the change is unconditional.
 */
export type MayChange = (revision: string) => boolean

export interface FunctionWithVersion {
  readonly fn: FunctionRecord
  readonly active: RunnableVersion | undefined
}

/** A shared module that code requires by its name. */
export interface RequiredModule {
  readonly name: string
  /** Undefined: there is no such module. */
  readonly id: string | undefined
}

/** Everything of a function at one moment. */
export interface FunctionSnapshot extends FunctionWithVersion {
  readonly variables: Readonly<Record<string, string>>
  /** Of its active version. */
  readonly requires: readonly RequiredModule[]
  /** Names this state: every change of the function, its versions or its variables gives another. */
  readonly revision: string
}

/** A function as lists show it. */
export interface ListedFunction extends FunctionWithVersion {
  readonly revision: string
  /** Of its variables, sorted. */
  readonly variableNames: readonly string[]
}

export type FunctionPatch = Partial<
  Pick<
    FunctionRecord,
    | 'name'
    | 'description'
    | 'disabled'
    | 'retentionDays'
    | 'cronSchedule'
    | 'cronStatus'
    | 'cronCatchUp'
    | 'saveResponse'
    | 'allowSameOrigin'
  >
> & {
  /** '' clears it. */
  readonly slug?: string
  /** Fields that are not in it stay as they are. */
  readonly frontDoor?: FrontDoorChange
}

export interface NewFunction {
  readonly id: string
  readonly name: string
  readonly description: string | undefined
  readonly code: string
  readonly slug?: string | undefined
  readonly frontDoor?: FrontDoor | undefined
  readonly origin?: VersionOrigin | undefined
  readonly now: number
}

export interface FunctionChange {
  readonly patch: FunctionPatch
  readonly code: string | undefined
  /** False: the new version is not made the active one. */
  readonly activate?: boolean | undefined
  /** Of the new version. */
  readonly origin?: VersionOrigin | undefined
  readonly now: number
}

/** One of several changes that are made together. */
export type FunctionUpsert = {
  readonly id: string
  readonly change: FunctionChange
  /** Left out: also a function that is not there yet. Called with undefined for such a one. */
  readonly mayChange?: ((revision: string | undefined) => boolean) | undefined
}

export interface UpsertedFunction {
  readonly id: string
  readonly isNew: boolean
  readonly revision: string
  /** Number of the version that was made. */
  readonly version: number | undefined
}

export interface ScheduledFunction {
  readonly fn: FunctionRecord
  /**
   * When its newest execution of the trigger `cron` was made, Unix seconds; kept with the function, so that it
   * outlives that execution. undefined: there was none yet.
   */
  readonly lastCronAt: number | undefined
}

export interface FunctionOrder {
  readonly sort: 'name' | 'created_at' | 'updated_at'
  readonly order: 'asc' | 'desc'
}

export interface FunctionStore {
  /** Version 1 is made and active. Rejects with CONFLICT when another function has its slug. */
  create(fn: NewFunction): Promise<FunctionSnapshot>
  /** The active version with the modules that it runs with. */
  find(id: string): Promise<FunctionWithVersion | undefined>
  /** Functions with a slug or a front door, the oldest first. */
  listAddressed(): Promise<FunctionRecord[]>
  snapshot(id: string): Promise<FunctionSnapshot | undefined>
  /**
   * Newest `created_at` first unless `order` says otherwise. `search` looks in name and description, in any case;
   * `only` are the ids of those that may be in the list.
   */
  list(
    page: Page,
    search?: string,
    order?: FunctionOrder,
    only?: readonly string[]
  ): Promise<Paged<ListedFunction>>
  /**
   * Applies the patch and, if `code` is given, makes a new version, activated unless `activate` is false, in one
   * transaction. Returns the new revision; false: no such function. Rejects with CONFLICT, changing nothing, when
   * another function has the slug.
   */
  update(id: string, change: FunctionChange, mayChange?: MayChange): Promise<string | false>
  /**
   * Stores a function with its versions as they are, for imports; at most one of them is active. False: the id is in
   * use, and nothing was changed. Rejects with CONFLICT when another function has its slug.
   */
  restore(fn: FunctionRecord, versions: readonly VersionRecord[]): Promise<boolean>
  /**
   * Removes everything that belongs to the function too: versions, executions, logs, requests, kv, env. It is gone for
   * every reader at once; invocations that are still running leave no record.
   */
  remove(id: string, mayChange?: MayChange): Promise<boolean>
  /** Enabled functions whose schedule is set and active. */
  listScheduled(): Promise<ScheduledFunction[]>
  /**
   * Calls `listener` whenever reads of this function or its active version change: it was created, changed or removed,
   * a module that it runs with was, or such a write was rolled back because it could not be made durable. Returns a
   * function that ends that.
   */
  onChange(listener: (functionId: string) => void): () => void
}

export interface VersionStore {
  /** Highest number first. */
  list(functionId: string, page: Page): Promise<Paged<VersionRecord>>
  /** With the modules that it would run with now. */
  find(functionId: string, version: number): Promise<RunnableVersion | undefined>
  /** Returns the new revision; false: no such version of this function. Exactly one version is active afterwards. */
  activate(functionId: string, versionId: string, mayChange?: MayChange): Promise<string | false>
  /** The version's executions go too. */
  remove(
    functionId: string,
    versionId: string,
    mayChange?: MayChange
  ): Promise<'removed' | 'missing' | 'active'>
}
