/** Shapes by the names of all their fields, for tables that are made whole. */
import { emptyShape, shapeOf } from './shape.js'
import type { Shape } from './shape.js'

const MOST = 8

/** Remembers the last few lists of names: most runs of a process have the same. */
export class RecentShapes {
  private readonly known: Array<readonly [names: readonly string[], shape: Shape]> = []
  private next = 0
  /** The tree that they are of: once it is forgotten, so are they. */
  private tree = emptyShape

  /** The shape of a table with these fields, or undefined where a dictionary serves better. */
  of (names: readonly string[]): Shape | undefined {
    if (this.tree !== emptyShape) this.forget()
    for (const [known, shape] of this.known) if (known === names || areSame(known, names)) return shape
    const shape = shapeOf(names)
    if (shape !== undefined) this.known[this.next++ % MOST] = [names, shape]
    return shape
  }

  private forget (): void {
    this.tree = emptyShape
    this.known.length = this.next = 0
  }
}

function areSame (one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false
  return true
}
