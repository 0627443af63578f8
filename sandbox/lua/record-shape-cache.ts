/** Shapes by the names of all their fields, for tables that are made whole. */
import { emptyShape, shapeOf } from './shape.js'
import type { Shape } from './shape.js'

const MAX_ENTRIES = 8

/** Remembers the last few lists of names: most runs of a process have the same. */
export class RecordShapeCache {
  /** At the same place in both: the names and what they are the shape of. */
  private readonly names: Array<readonly string[]> = []
  private readonly shapes: Shape[] = []
  private next = 0
  /** The tree that they are of: once it is forgotten, so are they. */
  private tree = emptyShape

  /** The shape of a table with these fields, or undefined where a dictionary serves better. */
  of(names: readonly string[]): Shape | undefined {
    if (this.tree !== emptyShape) this.forget()
    const count = this.names.length
    for (let i = 0; i < count; i++) {
      const known = this.names[i] as readonly string[]
      if (known === names || (known.length === names.length && areSame(known, names))) {
        return this.shapes[i]
      }
    }
    const shape = shapeOf(names)
    if (shape === undefined) return undefined
    this.names[this.next] = names
    this.shapes[this.next] = shape
    this.next = (this.next + 1) % MAX_ENTRIES
    return shape
  }

  private forget(): void {
    this.tree = emptyShape
    this.names.length = this.shapes.length = this.next = 0
  }
}

/** Of lists that are as long as each other. */
function areSame(one: readonly string[], other: readonly string[]): boolean {
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false
  return true
}
