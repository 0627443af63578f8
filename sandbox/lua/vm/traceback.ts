/** Where Lua code is: the `chunk:line:` of a message, levels as `error` counts them, tracebacks. */
import { FrameFlag } from '../coroutine.js'
import type { Closure, Native } from '../function.js'
import type { Coroutine, Frame } from '../coroutine.js'
import { calledName, nativeCalledBy } from './debug-info.js'
import { globalName } from './global-name.js'
import type { Vm } from './vm.js'

/** A level of the call stack: a frame, or the native function between two frames. */
interface Level {
  readonly frame?: Frame
  readonly native?: Native | undefined
}

/** Levels that a traceback shows, as in PUC Lua. */
const LEVELS_AT_TOP = 10
const LEVELS_AT_BOTTOM = 11

/** `chunk:line: ` of the frame, or nothing for one that is no Lua function of the user. */
export function positionOf(frame: Frame): string {
  const { code } = frame.closure
  if (frame.previous === null || code.isInternal) return ''
  return `${code.chunkName}:${code.lines[Math.max(0, frame.pc - 1)]}: `
}

/** The position at a level as `error` counts: 1 is the function that called the running native. */
export function positionAt(vm: Vm, level: number): string {
  let at = 0
  for (const { frame } of levels(vm.current)) {
    if (at++ === level) return frame === undefined ? '' : positionOf(frame)
  }
  return ''
}

/** The Lua function running at a level; undefined for a native one or past the end. */
export function functionAt(vm: Vm, level: number): Closure | undefined {
  let at = 0
  for (const { frame } of levels(vm.current)) {
    if (at++ === level) return frame?.closure
  }
  return undefined
}

function* levels(co: Coroutine): Generator<Level> {
  let frame: Frame | null = co.frame
  let native = nativeCalledBy(co, frame)
  if (native !== undefined) yield { native }
  while (frame !== null && frame.previous !== null) {
    if (!frame.closure.code.isInternal) yield { frame }
    native = (frame.flags & FrameFlag.fresh) !== 0 ? nativeCalledBy(co, frame.previous) : undefined
    if ((frame.flags & FrameFlag.protected) !== 0 || native !== undefined) yield { native }
    frame = frame.previous
  }
}

/** The stack as PUC Lua's traceback writes it, beginning with "stack traceback:". */
export function traceback(vm: Vm, co: Coroutine): string {
  const { top, bottom, all } = ends(co)
  const describe = (level: Level): string[] => describeLevel(vm, level)
  const between = all > top.length + bottom.length ? ['...'] : []
  return [
    'stack traceback:',
    ...top.flatMap(describe),
    ...between,
    ...bottom.flatMap(describe)
  ].join('\n\t')
}

/** The first and the last levels. A stack that overflowed has 190,000 of them: to describe each would take seconds. */
function ends(co: Coroutine): { top: Level[]; bottom: Level[]; all: number } {
  const top: Level[] = []
  const last: Level[] = []
  let all = 0
  for (const level of levels(co)) {
    if (all < LEVELS_AT_TOP) top.push(level)
    else last[(all - LEVELS_AT_TOP) % LEVELS_AT_BOTTOM] = level
    all++
  }
  const oldest =
    all - LEVELS_AT_TOP > LEVELS_AT_BOTTOM ? (all - LEVELS_AT_TOP) % LEVELS_AT_BOTTOM : 0
  return { top, bottom: [...last.slice(oldest), ...last.slice(0, oldest)], all }
}

function describeLevel(vm: Vm, { frame, native }: Level): string[] {
  if (frame === undefined) {
    return [
      `[C]: in function '${native === undefined ? 'pcall' : (globalName(vm, native) ?? native.name)}'`
    ]
  }
  const line = positionOf(frame) + 'in ' + describeFunction(vm, frame)
  return (frame.flags & FrameFlag.tail) === 0 ? [line] : [line, '(...tail calls...)']
}

function describeFunction(vm: Vm, frame: Frame): string {
  const { closure, previous, flags } = frame
  const known = globalName(vm, closure)
  if (known !== undefined) return `function '${known}'`
  const hasCaller =
    previous !== null &&
    (flags & (FrameFlag.tail | FrameFlag.protected)) === 0 &&
    ((flags & FrameFlag.fresh) === 0 || nativeCalledBy(vm.current, previous) === undefined)
  const name = hasCaller ? calledName(previous) : undefined
  if (name !== undefined) return `${name.kind} '${name.name}'`
  return closure.code.line === 0
    ? 'main chunk'
    : `function <${closure.code.chunkName}:${closure.code.line}>`
}
