/** A compiled function, as the machine runs it. Holds nothing of any run but hints about shapes. */
import type { Shape } from '../shape.js'
import type { Value } from '../value.js'

export interface UpvalueSource {
  readonly name: string
  /** In a register of the enclosing function, else among its upvalues. */
  readonly inStack: boolean
  readonly index: number
}

export interface LocalName {
  readonly name: string
  readonly from: number
  readonly to: number
}

export interface Code {
  /** Operation in bits 0–7, A in 8–15, B from 16 on. */
  readonly words: Int32Array
  /** C, or the wide operand. */
  readonly extra: Int32Array
  readonly constants: readonly Value[]
  readonly functions: readonly Code[]
  readonly upvalues: readonly UpvalueSource[]
  readonly parameters: number
  readonly vararg: boolean
  readonly registers: number
  /** What each field instruction saw last. */
  readonly shapes: Array<Shape | undefined>
  readonly slots: Int32Array
  /** The same for the table that `__index` led to. */
  readonly inheritedShapes: Array<Shape | undefined>
  readonly inheritedSlots: Int32Array
  /** The shape that a field instruction's addition led to. */
  readonly grown: Array<Shape | undefined>
  /** For messages: instructions as Fengari made them, lines, names. */
  readonly raw: Int32Array
  readonly lines: Int32Array
  readonly locals: readonly LocalName[]
  readonly chunkName: string
  /** Line of `function`; 0 for a chunk. */
  readonly line: number
  /** Stands for a native function in messages. */
  readonly hidden: boolean
}
