/** Environment variables of functions, and what they were before; storage.ts says when a promise settles. */
import type { MayChange } from './functions.js'
import type { Page, Paged } from './page.js'

type Variables = Readonly<Record<string, string>>

/** A former state of a set of variables. */
export interface VariablesEntry {
  readonly id: number
  /** Unix seconds. */
  readonly replacedAt: number
  /** By a user through the management API, or by the function itself. */
  readonly replacedBy: 'user' | 'function'
  readonly variables: Variables
  /** What they were replaced with. */
  readonly replacement: Variables
}

/**
 * Writing to a function that does not exist rejects with NOT_FOUND; reading finds nothing. The state before a change is
 * kept, within bounds of number and age: `replace` keeps it each time; `set` and `delete`, which functions call, keep
 * it once for changes in quick succession.
 */
export interface EnvStore {
  readonly shared: SharedEnvStore
  /** The function's own, or else the shared one. */
  get(functionId: string, name: string): Promise<string | undefined>
  /** The function's own, as with every method below. */
  all(functionId: string): Promise<Record<string, string>>
  /** False: it would be one variable more than `most`, and nothing was changed. No limit if `most` is not given. */
  set(functionId: string, name: string, value: string, most?: number): Promise<boolean>
  delete(functionId: string, name: string): Promise<void>
  /** Returns the function's new revision. */
  replace(functionId: string, variables: Variables, mayChange?: MayChange): Promise<string>
  /** Former states, newest first. */
  history(functionId: string, page: Page): Promise<Paged<VariablesEntry>>
  /** The variables of one of them. */
  former(functionId: string, entryId: number): Promise<Variables | undefined>
  /** Deletes all former states; returns how many. */
  forgetHistory(functionId: string): Promise<number>
  /** Deletes at most `batch` former states that are too old; returns how many. `now` in Unix seconds. */
  expireHistory(now: number, batch: number): Promise<number>
}

/** The variables that all functions share. A function's own of the same name stands before one of them. */
export interface SharedEnvStore {
  /** Sorted. */
  names(): Promise<readonly string[]>
  /** With the name of their state. */
  snapshot(): Promise<{ readonly variables: Variables; readonly revision: string }>
  /** Returns the new revision. */
  replace(variables: Variables, mayChange?: MayChange): Promise<string>
  history(page: Page): Promise<Paged<VariablesEntry>>
  former(entryId: number): Promise<Variables | undefined>
  forgetHistory(): Promise<number>
}
