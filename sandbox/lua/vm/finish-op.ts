/** What an operator does with the result of the metamethod it called. */
import { Op } from '../compiler/opcodes.js'
import { FrameFlag } from '../coroutine.js'
import type { Coroutine, Frame } from '../coroutine.js'
import { closeUpvalues } from './frames.js'
import { concatenate, isTrue } from './operations.js'
import type { Vm } from './vm.js'

/** `returned` is the metamethod's frame, which has put one result at its `func`; its caller is on top again. */
export function finishOperator(vm: Vm, co: Coroutine, returned: Frame): void {
  const { frame, stack } = co
  const { instructions, operands } = frame.closure.code
  const word = instructions[frame.pc - 1] as number
  const result = stack[returned.func]
  const a = (word >> 8) & 255
  switch (word & 255) {
    case Op.SETTABUP:
    case Op.SETTABLE:
    case Op.SETFIELD:
    case Op.SETGLOBAL:
      return
    case Op.EQ:
    case Op.LT:
    case Op.LE: {
      const holds = isTrue(result) !== ((returned.flags & FrameFlag.negated) !== 0)
      if (holds !== (a !== 0)) {
        frame.pc++
        return
      }
      const jump = instructions[frame.pc] as number
      if ((jump & 0xff00) !== 0) closeUpvalues(co, frame.base + ((jump >> 8) & 255) - 1)
      frame.pc += (operands[frame.pc] as number) + 1
      return
    }
    case Op.CONCAT: {
      const [register, ...left] = returned.pending
      const text = concatenate(vm, [...left, result], register as number)
      // Else the next metamethod's frame is on top, and will come back here.
      if (co.frame === frame) stack[frame.base + a] = text
      return
    }
    default:
      stack[frame.base + a] = result
  }
}
