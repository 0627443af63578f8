/** Shared modules, as their code tells, in the form in which the server describes its own. */
import type { LuaModule, ModuleExport } from '../api/modules.js'
import type { LuaEntry, LuaModuleReference, LuaParam } from '../api/lua-reference.js'
import { localName } from './required.js'

export const toReference = ({
  name,
  description = '',
  exports
}: LuaModule): LuaModuleReference => ({
  name,
  required: true,
  doc: description,
  functions: exports.map(one => toEntry(localName(name), one))
})

function toEntry(owner: string, { name, kind, signature, description }: ModuleExport): LuaEntry {
  const typed = signature.slice(name.length)
  if (kind === 'value') {
    const type = typed.replace(/^\s*:\s*/, '')
    const doc = [type === '' ? '' : `*${type}*`, description].filter(Boolean).join(' ')
    return { name, signature: `${owner}.${name}`, doc, params: [] }
  }
  const { inside, rest } = splitCall(typed)
  const type = rest.replace(/^\s*:\s*/, '').trim()
  return {
    name,
    signature: `${owner}.${signature}`,
    doc: description,
    params: splitList(inside).map(toParam),
    ...(type === '' ? {} : { returns: { type } })
  }
}

/** What is between the first bracket and the one that closes it, and what follows. */
function splitCall(text: string): { inside: string; rest: string } {
  const start = text.indexOf('(')
  let depth = 0
  for (let at = start; at !== -1 && at < text.length; at++) {
    if (text[at] === '(') depth++
    else if (text[at] === ')' && --depth === 0) {
      return { inside: text.slice(start + 1, at), rest: text.slice(at + 1) }
    }
  }
  return { inside: '', rest: '' }
}

/** Commas within brackets belong to a type. */
function splitList(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let part = ''
  for (const character of text) {
    if ('([{<'.includes(character)) depth++
    else if (')]}>'.includes(character)) depth--
    if (character === ',' && depth === 0) {
      parts.push(part)
      part = ''
    } else part += character
  }
  return [...parts, part].map(one => one.trim()).filter(Boolean)
}

function toParam(text: string): LuaParam {
  const [, name = text, mark = '', type = ''] = /^([\w.]+)(\??)\s*(?::\s*(.*))?$/.exec(text) ?? []
  return { name, type, optional: mark === '?', doc: '' }
}
