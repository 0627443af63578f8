/** Shapes by the names of all their fields, for tables that are made whole. */
import { shapeOf } from './shape.js'
import type { Shape } from './shape.js'

const MOST = 8

/** Remembers the last few lists of names: most runs of a process have the same. */
export class RecentShapes {
  private readonly known: Array<readonly [names: readonly string[], shape: Shape]> = []
  private next = 0

  /** The shape of a table with these fields, or undefined where a dictionary serves better. */
  of (names: readonly string[]): Shape | undefined {
    for (const [known, shape] of this.known) if (known === names || areSame(known, names)) return shape
    const shape = shapeOf(names)
    if (shape !== undefined) this.known[this.next++ % MOST] = [names, shape]
    return shape
  }
}

function areSame (one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false
  return true
}
