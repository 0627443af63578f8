/** Environment variables of functions, and what they were before; storage.ts says when a promise settles. */
import type { MayChange } from './functions.js'
import type { Page, Paged } from './page.js'

/** A former state of a function's variables. */
export interface VariablesEntry {
  readonly id: number
  /** Unix seconds. */
  readonly replacedAt: number
  /** By a user through the management API, or by the function itself. */
  readonly replacedBy: 'user' | 'function'
  readonly variables: Readonly<Record<string, string>>
  /** What they were replaced with. */
  readonly replacement: Readonly<Record<string, string>>
}

/**
 * Writing to a function that does not exist rejects with NOT_FOUND; reading finds nothing. The state before a change is
 * kept, within bounds of number and age: `replace` keeps it each time; `set` and `delete`, which functions call, keep
 * it once for changes in quick succession.
 */
export interface EnvStore {
  get(functionId: string, name: string): Promise<string | undefined>
  all(functionId: string): Promise<Record<string, string>>
  /** False: it would be one variable more than `most`, and nothing was changed. No limit if `most` is not given. */
  set(functionId: string, name: string, value: string, most?: number): Promise<boolean>
  delete(functionId: string, name: string): Promise<void>
  /** Returns the function's new revision. */
  replace(
    functionId: string,
    variables: Readonly<Record<string, string>>,
    mayChange?: MayChange
  ): Promise<string>
  /** Former states, newest first. */
  history(functionId: string, page: Page): Promise<Paged<VariablesEntry>>
  /** The variables of one of them. */
  former(functionId: string, entryId: number): Promise<Readonly<Record<string, string>> | undefined>
  /** Deletes all former states; returns how many. */
  forgetHistory(functionId: string): Promise<number>
  /** Deletes at most `batch` former states that are too old; returns how many. `now` in Unix seconds. */
  expireHistory(now: number, batch: number): Promise<number>
}
