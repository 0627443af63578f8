/** Brings together what the reader changed and what somebody else changed meanwhile, field by field. */

export type Value = string | number | boolean | undefined
/** An absent field is as good as undefined. */
export type Fields = Readonly<Record<string, Value>>

export interface Clash {
  readonly name: string
  readonly mine: Value
  readonly theirs: Value
}

const own = (fields: Fields, name: string): Value =>
  Object.hasOwn(fields, name) ? fields[name] : undefined

/** The names of the fields that differ. */
export const differing = (one: Fields, other: Fields): string[] =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(
    name => own(one, name) !== own(other, name)
  )

/** `fields`, with those of the names as they are in `from`. */
export function overlay(fields: Fields, names: readonly string[], from: Fields): Fields {
  const result = new Map(Object.entries(fields))
  for (const name of names) result.set(name, own(from, name))
  return Object.fromEntries([...result].filter(([, value]) => value !== undefined))
}

/** The fields that both changed, and not to the same. `base` is what the reader began with. */
export const findClashes = (base: Fields, mine: Fields, theirs: Fields): Clash[] =>
  differing(base, mine)
    .filter(name => own(theirs, name) !== own(base, name) && own(theirs, name) !== own(mine, name))
    .map(name => ({ name, mine: own(mine, name), theirs: own(theirs, name) }))
