/**
 * From Fengari's functions (an object for every instruction, boxed constants) to Code: instructions in two typed
 * arrays, one to one, so that jumps and line numbers keep their meaning; where an operand is known to be a
 * constant a cheaper operation is chosen.
 */
import type { FengariFunction, FengariInstruction } from 'fengari/src/lparser.js'
import type { Value } from '../value.js'
import { Code } from './code.js'
import { CONSTANT, Op } from './opcodes.js'
import { TString } from './lstring.js'

export function translate(source: FengariFunction, chunkName: string, isInternal = false): Code {
  const count = source.code.length
  const constants = source.k.map(({ value }) => toValue(value))
  const instructions = new Int32Array(count)
  const operands = new Int32Array(count)
  source.code.forEach((instruction, pc) => {
    const { op, b, c } = choose(instruction, constants, source.code[pc + 1])
    instructions[pc] = op | (instruction.A << 8) | (b << 16)
    operands[pc] = c
  })
  return new Code({
    instructions,
    operands,
    constants,
    functions: source.p.map(inner => translate(inner, chunkName, isInternal)),
    upvalues: source.upvalues.map(({ name, instack, idx }) => ({
      name: name.getstr(),
      inStack: instack,
      index: idx
    })),
    parameters: source.numparams,
    vararg: source.is_vararg,
    registers: source.maxstacksize,
    original: Int32Array.from(source.code, ({ code }) => code),
    lines: Int32Array.from(source.lineinfo),
    locals: source.locvars.map(({ varname, startpc, endpc }) => ({
      name: varname.getstr(),
      from: startpc,
      to: endpc
    })),
    chunkName,
    line: source.linedefined,
    isInternal
  })
}

function toValue(value: unknown): Value {
  if (value instanceof TString) return value.text
  return typeof value === 'number' || typeof value === 'boolean' ? value : undefined
}

interface Chosen {
  op: Op
  b: number
  c: number
}

const WIDE: ReadonlySet<Op> = new Set([Op.JMP, Op.FORLOOP, Op.FORPREP, Op.TFORLOOP])

function choose(
  i: FengariInstruction,
  constants: readonly Value[],
  next: FengariInstruction | undefined
): Chosen {
  const op = i.opcode as Op
  if (WIDE.has(op)) return { op, b: 0, c: i.sBx }
  const isString = (operand: number): boolean =>
    (operand & CONSTANT) !== 0 && typeof constants[operand & 255] === 'string'
  switch (op) {
    case Op.LOADK:
    case Op.CLOSURE:
      return { op, b: 0, c: i.Bx }
    case Op.LOADKX:
      return { op: Op.LOADKX, b: 0, c: next?.Ax ?? 0 }
    case Op.SETLIST:
      return { op, b: i.B, c: i.C === 0 ? (next?.Ax ?? 0) : i.C }
    case Op.GETTABLE:
      return isString(i.C) ? { op: Op.GETFIELD, b: i.B, c: i.C & 255 } : { op, b: i.B, c: i.C }
    case Op.GETTABUP:
      return isString(i.C) ? { op: Op.GETGLOBAL, b: i.B, c: i.C & 255 } : { op, b: i.B, c: i.C }
    case Op.SETTABLE:
      return isString(i.B) ? { op: Op.SETFIELD, b: i.B & 255, c: i.C } : { op, b: i.B, c: i.C }
    case Op.SETTABUP:
      return isString(i.B) ? { op: Op.SETGLOBAL, b: i.B & 255, c: i.C } : { op, b: i.B, c: i.C }
    case Op.ADD:
      return arithmetic(i, constants, op, Op.ADDR, Op.ADDK)
    case Op.SUB:
      return arithmetic(i, constants, op, op, Op.SUBK)
    case Op.EQ:
      return (i.B & CONSTANT) === 0 && (i.C & CONSTANT) !== 0
        ? { op: Op.EQK, b: i.B, c: i.C & 255 }
        : { op, b: i.B, c: i.C }
    default:
      return { op, b: i.B, c: i.C }
  }
}

function arithmetic(
  i: FengariInstruction,
  constants: readonly Value[],
  general: Op,
  registers: Op,
  constant: Op
): Chosen {
  if ((i.B & CONSTANT) !== 0) return { op: general, b: i.B, c: i.C }
  if ((i.C & CONSTANT) === 0) return { op: registers, b: i.B, c: i.C }
  return typeof constants[i.C & 255] === 'number'
    ? { op: constant, b: i.B, c: i.C & 255 }
    : { op: general, b: i.B, c: i.C }
}
