/** What requires modules, and whom a change of them concerns. */
import type { Requirer } from '../../../core/contracts/modules.js'
import { ANY_MODULE } from '../../../core/lua-source/requires.js'
import { parseNames } from './module-rows.js'

export interface RequiringRow extends Requirer {
  /** A JSON list of names. */
  readonly requires: string
}

/** A function or a module, and what its active version requires. */
export interface Requiring extends Requirer {
  readonly names: readonly string[]
}

/** Functions first, each kind by its names. */
export const toRequiring = (rows: readonly RequiringRow[]): Requiring[] =>
  rows
    .map(({ requires, ...row }) => ({ ...row, names: parseNames(requires) }))
    .sort((a, b) => compareTexts(a.kind, b.kind) || compareTexts(a.name, b.name))

const compareTexts = (a: string, b: string): number => (a < b ? -1 : Number(a > b))

export const requirersOf = (rows: readonly Requiring[], name: string): Requirer[] =>
  rows.filter(({ names }) => names.includes(name)).map(({ kind, id, name }) => ({ kind, id, name }))

/**
 * Ids of the functions among `all` that run with one of these modules, directly or through others. Everything is looked
 * at once, however long the chains are.
 */
export function dependentFunctions(
  all: readonly Requiring[],
  changed: readonly string[]
): string[] {
  const requirers = new Map<string, Requiring[]>()
  for (const one of all) {
    for (const name of one.names) {
      const known = requirers.get(name)
      if (known === undefined) requirers.set(name, [one])
      else known.push(one)
    }
  }
  const functions = new Set<string>()
  const reached = new Set([...changed, ANY_MODULE])
  // A set goes on to what is added while it is read.
  for (const name of reached) {
    for (const { kind, id, name: own } of requirers.get(name) ?? []) {
      if (kind === 'function') functions.add(id)
      else reached.add(own)
    }
  }
  return [...functions]
}
