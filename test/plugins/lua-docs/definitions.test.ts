import t from 'tap'
import { createRequire } from 'node:module'
import type { LuaFunctionDeclaration } from '../../../core/lua/module.js'
import { definitionsText } from '../../../plugins/lua-docs/definitions.js'
import { allFunctions, allModules } from './support/modules.js'

// It has no types of its own.

const {
  lua,
  lauxlib,
  lualib,
  to_luastring: toLuaString
} = createRequire(import.meta.url)('fengari') as Record<string, any> // eslint-disable-line
const text = definitionsText(allModules)

/** Runs the definitions, which editors only read, followed by `code` that returns a text. */
function evaluate(code: string): string {
  const state = lauxlib.luaL_newstate()
  lualib.luaL_openlibs(state)
  const status = lauxlib.luaL_dostring(state, toLuaString(`${text}\n${code}`))
  const result = lua.lua_tojsstring(state, -1)
  if (status) throw new Error(result)
  return result
}

t.test('the definitions are for editors', async t => {
  t.ok(text.startsWith('---@meta\n'))
})

t.test('the definitions are valid Lua and define exactly the declared functions', async t => {
  const names = allModules.map(module => `${module.name} = ${module.name}`).join(', ')
  const found = evaluate(`local found = {}
    for module, functions in pairs({ ${names} }) do
      for name, f in pairs(functions) do found[#found + 1] = module .. "." .. name .. type(f):sub(1, 1) end
    end
    table.sort(found)
    return table.concat(found, " ")`)
  const kind = (declared: LuaFunctionDeclaration) =>
    declared.place === 'local' && declared.isValue === true ? 't' : 'f'
  t.same(
    found.split(' '),
    allFunctions.map(([module, name, declared]) => `${module}.${name}${kind(declared)}`).sort()
  )
})

t.test('each function has its parameters and results annotated', async t => {
  t.match(
    text,
    `---@param text string|number The JSON text, such as \`event.body\`.
---@param options? JsonDecodeOptions How it is read.
---@return any? # The value: a table for an object or list, otherwise text, number, boolean or nil.
---@return string? err # What went wrong; nil on success.
function json.decode (text, options) end`
  )
  t.match(
    text,
    `---@param n? integer How many occurrences at most; left out or -1: all.
---@return string
function strings.replace (s, old, new, n) end`
  )
  t.match(text, '\nstrings["repeat"] = function (s, n) end')
  t.match(text, '---@return Url?\n')
})

t.test('every annotated parameter is one of the function', async t => {
  for (const [, annotations = '', names = ''] of text.matchAll(
    /((?:---.*\n)+)(?:function \S+|\S+ = function) \(([^)]*)\) end/g
  )) {
    t.same(
      Array.from(annotations.matchAll(/^---@param (\w+)/gm), match => match[1]),
      names === '' ? [] : names.split(', ')
    )
  }
})

t.test('the records that functions take and give are classes', async t => {
  for (const name of [
    'Url',
    'HttpReply',
    'KvEntry',
    'AiChatOptions',
    'EmailOptions',
    'Event',
    'Context',
    'Answer'
  ]) {
    t.match(text, `---@class ${name}\n`)
  }
  t.match(text, '---@field username? string ')
})

t.test('every named type is defined', async t => {
  const defined = new Set(
    Array.from(text.matchAll(/^---@(?:class|alias) (\S+)/gm), match => match[1])
  )
  const used = Array.from(
    text.matchAll(/^---@(?:param|return|field) .*?\b([A-Z]\w+)/gm),
    match => match[1] as string
  ).filter(name =>
    new RegExp(`^---@(?:param \\w+\\??|return|field \\w+\\??) [^A-Z]*\\b${name}\\b`, 'm').test(text)
  )
  t.ok(used.includes('Url'))
  t.same(
    used.filter(
      name =>
        !defined.has(name) &&
        new RegExp(`^---@(?:param \\w+\\??|return|field \\w+\\??) \\(?${name}\\b`, 'm').test(text)
    ),
    []
  )
})

t.test('every comment line of the file is a comment', async t => {
  for (const line of text.split('\n')) {
    if (/^(---|$)/.test(line) === false) t.match(line, /^(function |local |[\w.["\]]+ = )/, line)
  }
})
