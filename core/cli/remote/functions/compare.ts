/** What has become of each function and module here and on the server since both were last equal. */
import { digestOf, isSame } from './content.js'
import type { Local, LocalFunction } from './local.js'
import { modulePlace, type LocalModule } from './local-modules.js'
import type { Remote, RemoteFunction, RemoteModule } from './remote.js'
import type { Base, State } from './state.js'

export type Difference =
  /** Nothing. */
  | 'equal'
  /** Changed in the folder alone, or only there. */
  | 'here'
  | 'new-here'
  /** Changed on the server alone, or only there. */
  | 'there'
  | 'new-there'
  /** Changed in both, or nothing is known of when they were equal. */
  | 'both'
  /** Gone from the server since. */
  | 'gone-there'
  /** Not visible to the token, which is for some functions only. */
  | 'hidden'

export interface Compared {
  readonly difference: Difference
  /** Of a module, its place in the folder: `modules/shop/prices`. */
  readonly name: string
  readonly local: Local | undefined
  readonly remote: Remote | undefined
  readonly base: Base | undefined
}

/** A folder goes with the function of its id; one without an id, with the only function of its name. */
export function compareAll(
  locals: readonly LocalFunction[],
  remotes: readonly RemoteFunction[],
  state: State
): Compared[] {
  const byId = new Map(remotes.map(remote => [remote.id, remote]))
  const taken = new Set<string>()
  const here = locals.map(local => {
    const remote =
      local.id === undefined ? findByName(remotes, locals, local.name) : byId.get(local.id)
    if (remote !== undefined) taken.add(remote.id)
    return compare(local, remote, state)
  })
  const there = remotes
    .filter(({ id }) => !taken.has(id))
    .map((remote): Compared => ({
      difference: 'new-there',
      name: remote.name,
      local: undefined,
      remote,
      base: state.functions[remote.id]
    }))
  return [...here, ...there]
}

/** Modules go by their names. */
export function compareModules(
  locals: readonly LocalModule[],
  remotes: readonly RemoteModule[],
  { modules = {} }: State
): Compared[] {
  const byName = new Map(remotes.map(remote => [remote.name, remote]))
  const here = new Set(locals.map(({ name }) => name))
  return [
    ...locals.map((local): Compared => {
      const [remote, base] = [byName.get(local.name), modules[local.name]]
      return {
        difference: differenceOf(local, remote, base),
        name: local.folder,
        local,
        remote,
        base
      }
    }),
    ...remotes
      .filter(({ name }) => !here.has(name))
      .map((remote): Compared => ({
        difference: 'new-there',
        name: modulePlace(remote.name),
        local: undefined,
        remote,
        base: modules[remote.name]
      }))
  ]
}

/** Not one that another folder has by its id. */
function findByName(
  remotes: readonly RemoteFunction[],
  locals: readonly LocalFunction[],
  name: string
): RemoteFunction | undefined {
  const owned = new Set(locals.map(({ id }) => id))
  const named = remotes.filter(remote => remote.name === name && !owned.has(remote.id))
  return named.length === 1 ? named[0] : undefined
}

function compare(local: LocalFunction, remote: RemoteFunction | undefined, state: State): Compared {
  const id = remote?.id ?? local.id
  const base = id === undefined ? undefined : state.functions[id]
  const difference = differenceOf(local, remote, base)
  return { difference, name: local.name, local, remote, base }
}

function differenceOf(
  local: Local,
  remote: Remote | undefined,
  base: Base | undefined
): Difference {
  if (remote === undefined) return base === undefined ? 'new-here' : 'gone-there'
  if (isSame(local.content, remote.content)) return 'equal'
  if (base === undefined) return 'both'
  const isHere = digestOf(local.content) !== base.local
  const isThere = digestOf(remote.content) !== base.remote
  if (isHere && isThere) return 'both'
  return isHere ? 'here' : isThere ? 'there' : 'equal'
}

/**
 * Those that `names` mean: folders, names, ids or slugs, of modules their places. Gives what none of them is as
 * `unknown`.
 */
export function pickCompared(
  all: readonly Compared[],
  names: readonly string[]
): { readonly picked: readonly Compared[]; readonly unknown: readonly string[] } {
  if (names.length === 0) return { picked: all, unknown: [] }
  const fits = ({ local, remote, name }: Compared, wanted: string): boolean =>
    [local?.folder, local?.id, name, remote?.id, remote?.listed.slug].includes(
      wanted.replace(/\/+$/, '')
    )
  return {
    picked: all.filter(one => names.some(name => fits(one, name))),
    unknown: names.filter(name => !all.some(one => fits(one, name)))
  }
}
