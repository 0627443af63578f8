/** Former states of variables as entries of their history: each is one sealed text, so that it comes back whole. */
import type { VariablesEntry } from '../../../core/contracts/env.js'
import type { Page } from '../../../core/contracts/page.js'
import type { SecretBox } from '../secrets/secret-box.js'

export type Author = VariablesEntry['replacedBy']
export type Variables = Readonly<Record<string, string>>
export interface EnvEntryRow {
  readonly seq: number
  readonly replacedAt: number
  readonly replacedBy: Author
  readonly sealed: Uint8Array
}

export const MAX_ENTRIES: Readonly<Record<Author, number>> = { user: 50, function: 10 }
const VARIABLES_KEPT_DAYS = 90
export const KEPT_SECONDS = VARIABLES_KEPT_DAYS * 86_400
/** A change by the function within this time after the last one belongs to the same entry. */
const TOGETHER_SECONDS = 3600
/** No variable's name begins like this: what is sealed with it cannot be opened as a variable, nor the reverse. */
export const HISTORY_NAME = '\0history'

export class EnvEntries {
  constructor(
    private readonly secrets: SecretBox,
    private readonly nowMs: () => number
  ) {}

  now(): number {
    return Math.floor(this.nowMs() / 1000)
  }

  /** Entries up to this time are gone for readers. */
  oldest(): number {
    return this.now() - KEPT_SECONDS
  }

  seal(functionId: string, variables: Variables): Uint8Array {
    return this.secrets.seal(JSON.stringify(variables), functionId, HISTORY_NAME)
  }

  open(functionId: string, { sealed }: Pick<EnvEntryRow, 'sealed'>): Variables {
    return JSON.parse(this.secrets.open(sealed, functionId, HISTORY_NAME)) as Variables
  }

  /** False: a change by the function itself belongs to the newest entry. */
  isNeeded(newest: Pick<EnvEntryRow, 'replacedAt' | 'replacedBy'> | undefined): boolean {
    return (
      newest === undefined ||
      newest.replacedBy !== 'function' ||
      newest.replacedAt <= this.now() - TOGETHER_SECONDS
    )
  }

  /** Of the rows of `toReadPage`. Each is shown with the state that followed it; that of the newest is `current`. */
  toEntries(
    functionId: string,
    rows: readonly EnvEntryRow[],
    { offset }: Page,
    current: Variables
  ): VariablesEntry[] {
    const isFirstPage = offset === 0
    const states = rows.map(row => this.open(functionId, row))
    if (isFirstPage) states.unshift(current)
    const entries = isFirstPage ? rows : rows.slice(1)
    return entries.map(({ seq, replacedAt, replacedBy }, i) => ({
      id: seq,
      replacedAt,
      replacedBy,
      variables: states[i + 1] ?? {},
      replacement: states[i] ?? {}
    }))
  }
}

/** Beyond the first page, the entry before it is read too: it is the state that followed the page's first. */
export const toReadPage = ({ limit, offset }: Page): Page =>
  offset === 0 ? { limit, offset } : { limit: limit + 1, offset: offset - 1 }

export function isSameVariables(one: Variables, other: Variables): boolean {
  const names = Object.keys(one)
  return (
    names.length === Object.keys(other).length &&
    names.every(name => Object.hasOwn(other, name) && other[name] === one[name])
  )
}
