/** Sets of modules that a run has. */
import { createHash } from 'node:crypto'
import type { ModuleSet } from '../../../core/contracts/module-set.js'
import { findRequires } from '../../../core/lua-source/requires.js'

export interface Source {
  /** Of its code: a module that was deleted may come back under its id, with the same numbers of versions. */
  readonly mark: string
  readonly code: string
  readonly requires: readonly string[]
}

export const toDraft = (code: string | undefined): Source | undefined =>
  code === undefined ? undefined : toSource(code, findRequires(code))

export const toSource = (code: string, requires: readonly string[]): Source => ({
  mark: digestOf(code),
  code,
  requires
})

export function toSet(found: ReadonlyMap<string, Source>): ModuleSet {
  const sorted = [...found].sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    key: digestOf(JSON.stringify(sorted.map(([name, { mark }]) => [name, mark]))),
    sources: sorted.map(([name, { code }]) => ({ name, code }))
  }
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64url')
