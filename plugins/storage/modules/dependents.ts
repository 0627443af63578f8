/** Whom a change of modules concerns. */
import { ANY_MODULE } from '../../../core/lua-source/requires.js'

/** A function or a module, and what its active version requires. */
interface Requiring {
  readonly kind: 'function' | 'module'
  readonly id: string
  readonly name: string
  readonly names: readonly string[]
}

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
