/** What to say about a name that turned out to be nil: gone since Lua 5.1, not offered here, or foreign. */

import { findLine } from './code-lines.js'

/** White space within a line: where ends of lines count as well, a million of them takes quadratic time. */
const BLANKS = '[^\\S\\n\\r]'

const notHere = "Functions have no access to files, processes or the server's environment"

/** By the last part of the name. Each is one that Moonlet's Lua does not have; a test checks that. */
export const missingNameAdvice: { readonly [name: string]: string } = {
  module: 'module is Lua 5.1: put functions into a local table instead',
  io: `${notHere}: keep data with kv.set and kv.get`,
  dofile: notHere,
  loadfile: notHere,
  package: notHere,
  debug: 'There is no debug library here: write what you want to know with log.info',
  getenv: "There is no os.getenv here: read the function's own variables with env.get(name)",
  execute: notHere,
  null: 'Lua has no null: it is called nil',
  undefined: 'Lua has no undefined: it is called nil',
  None: 'Lua has no None: it is called nil',
  console: 'There is no console here: write log.info(message)',
  JSON: 'The module is called json: json.encode(value) and json.decode(text)',
  Math: 'The library is called math, in small letters',
  fetch: 'There is no fetch here: call http.get(url)',
  setTimeout: 'There is no setTimeout here: time.sleep(milliseconds) waits',
  parseInt: 'Lua turns text into a number with tonumber(text)',
  parseFloat: 'Lua turns text into a number with tonumber(text)',
  len: 'The length of a text or list is #value',
  length: 'The length of a text or list is #value',
  push: 'Append to a list with table.insert(list, value) or list[#list + 1] = value',
  append: 'Append to a list with table.insert(list, value) or list[#list + 1] = value',
  process: "There is no process here: read the function's own variables with env.get(name)"
}

/** Advice about a run-time error that names a nil value, or a call whose receiver is missing. */
export function missingNames(message: string, source: string, code: string): string[] {
  const [, kind = '', name = ''] =
    /\((global|local|field|method|upvalue) '([^']*)'\)/.exec(message) ?? []
  const found: string[] = []
  if (/nil value/.test(message)) {
    const known =
      Object.hasOwn(missingNameAdvice, name) && kind !== 'local' && kind !== 'upvalue'
        ? missingNameAdvice[name]
        : undefined
    if (known !== undefined) found.push(known)
    if (name === 'self') {
      found.push(
        'The function was called with a dot: write object:method(…), the colon passes the object as self'
      )
    }
    if (/\[\s*0\s*\]/.test(source) && /index/.test(message)) {
      found.push('Lists begin at 1 in Lua: the first element is list[1], and list[0] is nil')
    }
    if (kind === 'global' && /call/.test(message)) found.push(...laterLocal(name, code))
  }
  if (/bad argument #1|calling '[^']*' on bad self/.test(message)) {
    const [, called = ''] = /to '([^']*)'/.exec(message) ?? []
    const dotted = /([A-Za-z_]\w*)\.([A-Za-z_]\w*)\s*\(\s*\)/.exec(source)
    if (dotted !== null && dotted[2] === called) {
      found.push(`To call a method of a value write a colon: ${dotted[1]}:${called}()`)
    }
  }
  return found
}

/** A local function is only known below its definition. */
function laterLocal(name: string, code: string): string[] {
  if (!/^[A-Za-z_]\w*$/.test(name)) return []
  const definition = new RegExp(
    `^${BLANKS}*local${BLANKS}+(?:function${BLANKS}+${name}\\b|${name}${BLANKS}*=${BLANKS}*function\\b)`,
    'gm'
  )
  const line = findLine(code, definition, 1, () => true)
  return line === undefined
    ? []
    : [
        `'${name}' is a local function, defined in line ${line}: move its definition above the function that calls it`
      ]
}
