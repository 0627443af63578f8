/** How the commands show what a plugin adds. */
import type { Additions } from '../../third-party/home/note.js'
import type { Inspected } from './trial-report.js'

type Shown = Pick<Inspected, 'settings' | 'page' | 'hasTables'>

export const titleOf = ({ name, version }: Pick<Inspected, 'name' | 'version'>): string =>
  version === undefined ? name : `${name} ${version}`

/** A line for each kind of thing; none for a plugin that is not known to add anything. */
export function additionLines(adds: Additions | undefined, plugin: Shown): readonly string[] {
  const { settings, page, hasTables } = plugin
  const lines: ReadonlyArray<readonly [what: string, names: readonly string[]]> = [
    ['Lua modules', adds?.modules ?? []],
    ['Page', page === undefined ? [] : [`${page.title} (${page.path})`]],
    ['Routes', adds?.routes ?? []],
    ['Around executions', adds?.hooks ?? []],
    ['Settings', settings],
    ['Tables', hasTables ? ['of its own'] : []]
  ]
  return lines
    .filter(([, names]) => names.length > 0)
    .map(([what, names]) => `  ${what}: ${names.join(', ')}`)
}
