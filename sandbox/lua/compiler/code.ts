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

/** What a Code is made of. */
export interface CodeParts {
  /** Operation in bits 0–7, A in 8–15, B from 16 on. */
  readonly instructions: Int32Array
  /** C, or the wide operand. */
  readonly operands: Int32Array
  readonly constants: Value[]
  readonly functions: readonly Code[]
  readonly upvalues: readonly UpvalueSource[]
  readonly parameters: number
  readonly vararg: boolean
  readonly registers: number
  /** For messages: instructions as Fengari made them, lines, names. */
  readonly original: Int32Array
  readonly lines: Int32Array
  readonly locals: readonly LocalName[]
  readonly chunkName: string
  /** Line of `function`; 0 for a chunk. */
  readonly line: number
  /** Stands for a native function in messages. */
  readonly isInternal: boolean
}

/** A class, so that every Code has one layout for V8, no matter where it is made. */
export class Code implements CodeParts {
  readonly instructions: Int32Array
  readonly operands: Int32Array
  readonly constants: Value[]
  readonly functions: readonly Code[]
  readonly upvalues: readonly UpvalueSource[]
  readonly parameters: number
  readonly vararg: boolean
  readonly registers: number
  readonly original: Int32Array
  readonly lines: Int32Array
  readonly locals: readonly LocalName[]
  readonly chunkName: string
  readonly line: number
  readonly isInternal: boolean
  /** What each field instruction saw last: the shape, and the slot it keeps the name in. */
  readonly shapes: Array<Shape | undefined>
  readonly slots: Int32Array
  /** The same for the table that `__index` led to. */
  readonly protoShapes: Array<Shape | undefined>
  readonly protoSlots: Int32Array
  /** A shape without the name, or the shape that adding it led to. */
  readonly transitions: Array<Shape | undefined>

  constructor(parts: CodeParts) {
    this.instructions = parts.instructions
    this.operands = parts.operands
    this.constants = parts.constants
    this.functions = parts.functions
    this.upvalues = parts.upvalues
    this.parameters = parts.parameters
    this.vararg = parts.vararg
    this.registers = parts.registers
    this.original = parts.original
    this.lines = parts.lines
    this.locals = parts.locals
    this.chunkName = parts.chunkName
    this.line = parts.line
    this.isInternal = parts.isInternal
    const count = parts.instructions.length
    this.shapes = new Array<Shape | undefined>(count).fill(undefined)
    this.slots = new Int32Array(count)
    this.protoShapes = new Array<Shape | undefined>(count).fill(undefined)
    this.protoSlots = new Int32Array(count)
    this.transitions = new Array<Shape | undefined>(count).fill(undefined)
  }
}

const NOTHING = new Int32Array(0)

/** The code of the frame below all others, which runs nothing. */
export const NO_CODE = new Code({
  instructions: NOTHING,
  operands: NOTHING,
  constants: [],
  functions: [],
  upvalues: [],
  parameters: 0,
  vararg: false,
  registers: 0,
  original: NOTHING,
  lines: NOTHING,
  locals: [],
  chunkName: '',
  line: 0,
  isInternal: true
})
