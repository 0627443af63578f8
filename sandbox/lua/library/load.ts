/** `load` and its older name `loadstring`: text only. */
import { compile } from '../compiler/compile.js'
import { SyntaxFault } from '../compiler/lex-state.js'
import { LuaError, MemoryError } from '../errors.js'
import { charge, chargeString } from '../memory.js'
import type { Vm } from '../vm/vm.js'
import { Closure, Native, closureOf } from '../function.js'
import type { Returned } from '../function.js'
import type { Value } from '../value.js'
import { checkString, wrongType } from './arguments.js'
import type { Functions } from './library.js'

const MAX_NAME_LENGTH = 60
const MAX_CHUNK_LENGTH = 2 ** 24
/** Rough bytes that a token takes while it is compiled. */
const TOKEN_BYTES = 160

export const loadLibrary = (vm: Vm): Functions => ({
  load: (...args) => {
    const [chunk, name, mode, env] = args
    if (mode !== undefined && !checkString(mode, 3).includes('t')) {
      return [undefined, `attempt to load a text chunk (mode is '${checkString(mode, 3)}')`]
    }
    const isText = typeof chunk === 'string' || typeof chunk === 'number'
    const text = isText ? checkString(chunk, 1) : readPieces(vm, chunk)
    if (text instanceof LuaError) return [undefined, text.value]
    const title = name === undefined ? (isText ? text : '=(load)') : checkString(name, 2)
    return loadText(text, title, args.length > 3 ? env : vm.globals)
  },
  loadstring: (chunk, name) => {
    const text = checkString(chunk, 1)
    return loadText(text, name === undefined ? text : checkString(name, 2), vm.globals)
  }
})

/** All that a reader gives, or how it failed, which `load` returns like a syntax error. */
function readPieces(vm: Vm, reader: Value): string | LuaError {
  if (!(reader instanceof Closure) && !(reader instanceof Native)) {
    throw wrongType(1, 'function', reader)
  }
  let text = ''
  for (;;) {
    const piece = vm.tryFirst(reader, [])
    if (piece instanceof LuaError) return piece
    const { value } = piece
    if (value === undefined || value === '') return text
    if (typeof value !== 'string' && typeof value !== 'number') {
      return new LuaError('reader function must return a string')
    }
    text += checkString(value, 1)
    if (text.length > MAX_CHUNK_LENGTH) return new MemoryError()
    chargeString(text.length)
  }
}

function loadText(text: string, title: string, env: Value): Returned {
  try {
    const code = compile(text, displayName(title), () => {
      charge(TOKEN_BYTES)
    })
    return closureOf(code, env)
  } catch (error) {
    if (error instanceof SyntaxFault) return [undefined, error.message]
    if (error instanceof MemoryError) return [undefined, error.value]
    throw error
  }
}

/** A chunk's name as messages show it: `=name` and `@name` as they are, else the beginning of the text. */
function displayName(title: string): string {
  if (title.startsWith('=')) return title.slice(1, MAX_NAME_LENGTH)
  if (title.startsWith('@')) {
    return title.length <= MAX_NAME_LENGTH
      ? title.slice(1)
      : '...' + title.slice(title.length - MAX_NAME_LENGTH + 4)
  }
  const line = title.split('\n', 1)[0] ?? ''
  const room = MAX_NAME_LENGTH - '[string "..."]'.length - 1
  return line.length === title.length && line.length <= room
    ? `[string "${line}"]`
    : `[string "${line.slice(0, room)}..."]`
}
