/* eslint no-labels: ["error", { "allowLoop": true }] -- entering a frame continues the outer loop */
/* eslint-disable max-lines, max-lines-per-function -- one function, so that V8 keeps its state in registers */
/**
 * The main loop: runs the frame on top until a frame that JavaScript called returns, or the coroutine yields.
 * Replaces Fengari's lvm.js and the calls of its ldo.js. Calls between Lua functions, pcall and yields use no
 * JavaScript stack and no exception; registers hold bare values; fields are found by shape (see ../shape.ts).
 *
 * Before an instruction that may raise or call, `frame.pc` is written: positions, variable names and
 * tracebacks come from it.
 * An operator leaves for ./operations.js as soon as an operand is not what the fast path hopes for.
 */
import { Op } from '../compiler/opcodes.js'
import { budget, checkHeap } from '../memory.js'
import { Table } from '../table.js'
import { Closure, Native, Intrinsic } from '../function.js'
import { FrameFlag } from '../coroutine.js'
import type { Upvalue } from '../function.js'
import type { Coroutine } from '../coroutine.js'
import type { Value } from '../value.js'
import { bitsOfNumbers, bitsOfWords, floorDivide, isWord, modulo } from './arithmetic.js'
import { callNative, enterCall, storeReturn } from './calls.js'
import { getField, setField } from './fields.js'
import { finishOperator } from './finish-op.js'
import { closeUpvalues, pushFrame } from './frames.js'
import { arithmetic, equals, getIndex, lessOrEqual, lessThan, setIndex } from './operations.js'
import { runSlowOp } from './slow-ops.js'
import type { Vm } from './vm.js'

const read = (upvalue: Upvalue): Value => upvalue.cells[upvalue.index]

/** True when the frame that JavaScript called has returned; false when the coroutine has yielded. */
export function dispatch(vm: Vm, co: Coroutine): boolean {
  const { stack } = co
  // Where a list of values ends whose length only the last instruction knew.
  let { top } = co
  enter: for (;;) {
    const { frame } = co
    const { closure, base } = frame
    const { code, upvalues } = closure
    const { instructions, operands, constants } = code
    let { pc } = frame
    for (;;) {
      const word = instructions[pc] as number
      const c = operands[pc] as number
      const a = base + ((word >> 8) & 255)
      pc++
      // Set by the tests, which share what follows the switch. Fast paths go on with the next instruction at once;
      // what may have begun a metamethod's frame breaks, and enters that.
      let jumps: boolean | undefined
      switch (word & 255) {
        case Op.MOVE:
          stack[a] = stack[base + (word >>> 16)]
          continue
        case Op.LOADK:
          stack[a] = constants[c]
          continue
        case Op.LOADBOOL:
          stack[a] = word >>> 16 !== 0
          if (c !== 0) pc++
          continue
        case Op.LOADNIL:
          for (let i = a, end = a + (word >>> 16); i <= end; i++) stack[i] = undefined
          continue
        case Op.GETUPVAL:
          stack[a] = read(upvalues[word >>> 16] as Upvalue)
          continue
        case Op.SETUPVAL: {
          const upvalue = upvalues[word >>> 16] as Upvalue
          upvalue.cells[upvalue.index] = stack[a]
          continue
        }
        case Op.GETGLOBAL: {
          const table = read(upvalues[word >>> 16] as Upvalue)
          if (table instanceof Table && table.shape === code.shapes[pc - 1]) {
            const value = table.slots[code.slots[pc - 1] as number]
            if (value !== undefined) {
              stack[a] = value
              continue
            }
          }
          frame.pc = pc
          stack[a] = getField(vm, table, constants[c] as string, code, pc - 1)
          break
        }
        case Op.GETFIELD: {
          const table = stack[base + (word >>> 16)]
          if (table instanceof Table && table.shape === code.shapes[pc - 1]) {
            const value = table.slots[code.slots[pc - 1] as number]
            if (value !== undefined) {
              stack[a] = value
              continue
            }
          }
          frame.pc = pc
          stack[a] = getField(vm, table, constants[c] as string, code, pc - 1)
          break
        }
        case Op.SETGLOBAL:
        case Op.SETFIELD: {
          const table =
            (word & 255) === Op.SETFIELD ? stack[a] : read(upvalues[(word >> 8) & 255] as Upvalue)
          const value = (c & 256) !== 0 ? constants[c & 255] : stack[base + c]
          if (table instanceof Table && table.shape === code.shapes[pc - 1]) {
            const slot = code.slots[pc - 1] as number
            if (table.slots[slot] !== undefined) {
              table.slots[slot] = value
              continue
            }
          }
          frame.pc = pc
          setField(vm, table, constants[word >>> 16] as string, value, code, pc - 1)
          break
        }
        case Op.GETTABLE: {
          const table = stack[base + (word >>> 16)]
          const key = (c & 256) !== 0 ? constants[c & 255] : stack[base + c]
          if (table instanceof Table) {
            const { items } = table
            const value =
              typeof key === 'number' && key > 0 && key >>> 0 === key && key < items.length
                ? items[key]
                : table.get(key)
            if (value !== undefined || table.meta === null) {
              stack[a] = value
              continue
            }
          }
          frame.pc = pc
          stack[a] = getIndex(vm, table, key)
          break
        }
        case Op.SETTABLE: {
          const table = stack[a]
          const b = word >>> 16
          const key = (b & 256) !== 0 ? constants[b & 255] : stack[base + b]
          const value = (c & 256) !== 0 ? constants[c & 255] : stack[base + c]
          frame.pc = pc
          if (table instanceof Table && table.meta === null) {
            const { items } = table
            if (
              typeof key === 'number' &&
              value !== undefined &&
              key > 0 &&
              key >>> 0 === key &&
              key < items.length
            ) {
              items[key] = value
            } else table.set(key, value)
            continue
          }
          setIndex(vm, table, key, value)
          break
        }
        case Op.NEWTABLE:
          stack[a] = new Table()
          if ((budget.left -= 64) < 0) checkHeap(64)
          continue
        case Op.SELF: {
          const object = stack[base + (word >>> 16)]
          const key = (c & 256) !== 0 ? constants[c & 255] : stack[base + c]
          stack[a + 1] = object
          frame.pc = pc
          stack[a] =
            typeof key === 'string'
              ? getField(vm, object, key, code, pc - 1)
              : getIndex(vm, object, key)
          break
        }
        case Op.ADDR: {
          const x = stack[base + (word >>> 16)]
          const y = stack[base + c]
          if (typeof x === 'number' && typeof y === 'number') {
            stack[a] = x + y
            continue
          }
          frame.pc = pc
          stack[a] = arithmetic(vm, Op.ADD, x, y)
          break
        }
        case Op.ADDK: {
          const x = stack[base + (word >>> 16)]
          if (typeof x === 'number') {
            stack[a] = x + (constants[c] as number)
            continue
          }
          frame.pc = pc
          stack[a] = arithmetic(vm, Op.ADD, x, constants[c])
          break
        }
        case Op.SUBK: {
          const x = stack[base + (word >>> 16)]
          if (typeof x === 'number') {
            stack[a] = x - (constants[c] as number)
            continue
          }
          frame.pc = pc
          stack[a] = arithmetic(vm, Op.SUB, x, constants[c])
          break
        }
        case Op.ADD:
        case Op.SUB:
        case Op.MUL:
        case Op.DIV:
        case Op.MOD:
        case Op.POW:
        case Op.IDIV:
        case Op.BAND:
        case Op.BOR:
        case Op.BXOR:
        case Op.SHL:
        case Op.SHR: {
          const b = word >>> 16
          const x = (b & 256) !== 0 ? constants[b & 255] : stack[base + b]
          const y = (c & 256) !== 0 ? constants[c & 255] : stack[base + c]
          if (typeof x === 'number' && typeof y === 'number') {
            switch (word & 255) {
              case Op.ADD:
                stack[a] = x + y
                continue
              case Op.SUB:
                stack[a] = x - y
                continue
              case Op.MUL:
                stack[a] = x * y
                continue
              case Op.DIV:
                stack[a] = x / y
                continue
              case Op.MOD:
                stack[a] = x >= 0 && y > 0 ? x % y : modulo(x, y)
                continue
              case Op.POW:
                stack[a] = x ** y
                continue
              case Op.IDIV:
                stack[a] = floorDivide(x, y)
                continue
              default:
                stack[a] =
                  isWord(x) && isWord(y)
                    ? bitsOfWords(word & 255, x, y)
                    : bitsOfNumbers(word & 255, x, y)
            }
            if (stack[a] !== undefined) continue
          }
          frame.pc = pc
          stack[a] = arithmetic(vm, word & 255, x, y)
          break
        }
        case Op.NOT: {
          const x = stack[base + (word >>> 16)]
          stack[a] = x === undefined || x === false
          continue
        }
        case Op.JMP:
          if (((word >> 8) & 255) !== 0) closeUpvalues(co, a - 1)
          pc += c
          continue
        case Op.EQK:
          jumps = (stack[base + (word >>> 16)] === constants[c]) === ((word & 0xff00) !== 0)
          break
        case Op.EQ:
        case Op.LT:
        case Op.LE: {
          const b = word >>> 16
          const x = (b & 256) !== 0 ? constants[b & 255] : stack[base + b]
          const y = (c & 256) !== 0 ? constants[c & 255] : stack[base + c]
          const op = word & 255
          let holds: boolean
          if (typeof x === 'number' && typeof y === 'number') {
            holds = op === Op.LT ? x < y : op === Op.LE ? x <= y : x === y
          } else {
            frame.pc = pc
            holds =
              op === Op.EQ
                ? x === y || equals(vm, x, y)
                : op === Op.LT
                  ? lessThan(vm, x, y)
                  : lessOrEqual(vm, x, y)
            if (co.frame !== frame) continue enter
          }
          jumps = holds === ((word & 0xff00) !== 0)
          break
        }
        case Op.TEST: {
          const x = stack[a]
          jumps = (x !== undefined && x !== false) === (c !== 0)
          break
        }
        case Op.TESTSET: {
          const x = stack[base + (word >>> 16)]
          jumps = (x !== undefined && x !== false) === (c !== 0)
          if (jumps) stack[a] = x
          break
        }
        case Op.CALL:
        case Op.TAILCALL: {
          const callee = stack[a]
          const given = word >>> 16 !== 0 ? (word >>> 16) - 1 : (co.top = top) - a - 1
          frame.pc = pc
          if (callee instanceof Closure) {
            if ((word & 255) === Op.CALL) {
              pushFrame(vm, co, callee, a, given, c - 1, 0)
              continue enter
            }
            const { func, wanted, flags, previous } = frame
            if (co.open !== null) closeUpvalues(co, base)
            for (let i = 0; i <= given; i++) stack[func + i] = stack[a + i]
            if (previous !== null) co.frame = previous
            pushFrame(vm, co, callee, func, given, wanted, flags | FrameFlag.tail)
            continue enter
          }
          const wanted = (word & 255) === Op.CALL ? c - 1 : -1
          if (callee instanceof Native && callee.intrinsic === Intrinsic.none) {
            const returned = callNative(callee, stack, a + 1, given)
            if (wanted === 1 && !Array.isArray(returned)) stack[a] = returned
            else {
              storeReturn(vm, co, a, returned, wanted)
              top = co.top
            }
            continue
          }
          if (!enterCall(vm, co, a, given, wanted)) return false
          top = co.top
          continue enter
        }
        case Op.RETURN: {
          const count = word >>> 16 !== 0 ? (word >>> 16) - 1 : top - a
          if (co.open !== null) closeUpvalues(co, base)
          const { func, flags, previous } = frame
          let { wanted } = frame
          if (previous !== null) co.frame = previous
          if ((flags & FrameFlag.protected) !== 0) {
            stack[func - 1] = true
            if (wanted > 0) wanted--
          }
          if (wanted === 1) stack[func] = count > 0 ? stack[a] : undefined
          else if (wanted < 0) {
            for (let i = 0; i < count; i++) stack[func + i] = stack[a + i]
            top = func + count
          } else {
            for (let i = 0; i < wanted; i++) stack[func + i] = i < count ? stack[a + i] : undefined
          }
          co.top = top
          if ((flags & FrameFlag.fresh) !== 0) return true
          if ((flags & FrameFlag.meta) !== 0) finishOperator(vm, co, frame)
          continue enter
        }
        case Op.FORLOOP: {
          const step = stack[a + 2] as number
          const limit = stack[a + 1] as number
          const last = stack[a] as number
          const index = last + step
          // Where adding the step changes nothing (past 2^53) the loop would never end.
          if ((step > 0 ? index <= limit : limit <= index) && index !== last) {
            stack[a] = index
            stack[a + 3] = index
            pc += c
          }
          continue
        }
        default:
          frame.pc = pc
          co.top = top
          if (!runSlowOp(vm, co, frame, word, c, a)) return false
          top = co.top
          if (co.frame !== frame) continue enter
          pc = frame.pc
          continue
      }
      if (jumps === undefined) {
        if (co.frame !== frame) continue enter
      } else if (jumps) {
        const jump = instructions[pc] as number
        if ((jump & 0xff00) !== 0) closeUpvalues(co, base + ((jump >> 8) & 255) - 1)
        pc += (operands[pc] as number) + 1
      } else pc++
    }
  }
}
