/** Suggests modules, their functions, Lua's names, and the handler's fields. */
import type { IRange, Position, editor } from 'monaco-editor/editor'
import { languages } from 'monaco-editor/editor'
import type { LuaEntry, LuaModuleReference } from '../api/lua-reference.js'
import { allModules, arrived, describeEntry, describeModule, findModule } from './apis.js'
import { keywords } from './lua-names.js'
import { isRequired, localName, requireLine } from './required.js'

const { CompletionItemKind, CompletionItemInsertTextRule } = languages
type Item = languages.CompletionItem

const isCall = (entry: LuaEntry): boolean => entry.signature.includes('(')

/** Puts the line that loads a module on top of code that uses it and does not have it. */
const requiring = (
  { name, required }: LuaModuleReference,
  code: string
): Pick<Item, 'additionalTextEdits'> =>
  required === true && !isRequired(code, name)
    ? {
        additionalTextEdits: [
          {
            range: { startLineNumber: 1, startColumn: 1, endLineNumber: 1, endColumn: 1 },
            text: `${requireLine(name)}\n`
          }
        ]
      }
    : {}

function toItem(module: LuaModuleReference, entry: LuaEntry, range: IRange): Item {
  return {
    label: {
      label: entry.name,
      detail: isCall(entry) ? `(${entry.params.map(param => param.name).join(', ')})` : ''
    },
    kind: isCall(entry) ? CompletionItemKind.Function : CompletionItemKind.Field,
    detail: entry.signature,
    documentation: { value: describeEntry(module, entry) },
    insertText: isCall(entry) ? `${entry.name}($0)` : entry.name,
    insertTextRules: CompletionItemInsertTextRule.InsertAsSnippet,
    ...(isCall(entry) && entry.params.length > 0
      ? { command: { id: 'editor.action.triggerParameterHints', title: '' } }
      : {}),
    range
  }
}

function members(module: LuaModuleReference, range: IRange, code: string): Item[] {
  return module.functions.map(entry => ({
    ...toItem(module, entry, range),
    ...requiring(module, code)
  }))
}

/** The ways to load a module, as they fit behind what is already on the line. */
function requirements(before: string, range: IRange, code: string): Item[] {
  const begins = before.trim() === ''
  return allModules()
    .filter(({ name, required }) => required === true && !isRequired(code, name))
    .map(module => {
      const text = begins ? requireLine(module.name) : `require("${module.name}")`
      // Found by typing "require", and before the bare function of that name.
      return {
        label: text,
        kind: CompletionItemKind.Reference,
        documentation: { value: describeModule(module) },
        insertText: text,
        filterText: `require("${module.name}")`,
        sortText: ' ',
        range
      }
    })
}

/** Names of modules between the quotes of a `require`. */
const moduleNames = (range: IRange): Item[] =>
  allModules()
    .filter(({ required }) => required === true)
    .map(module => ({
      label: module.name,
      kind: CompletionItemKind.Module,
      documentation: { value: describeModule(module) },
      insertText: module.name,
      range
    }))

/* eslint-disable no-template-curly-in-string -- the editor's snippets are written so */
const snippets: ReadonlyArray<readonly [label: string, text: string]> = [
  ['handler', 'function handler(ctx, event)\n  $0\n  return { statusCode = 200, body = "" }\nend'],
  ['function', 'function ${1:name}($2)\n  $0\nend'],
  ['if', 'if ${1:condition} then\n  $0\nend'],
  ['for', 'for ${1:_}, ${2:value} in ipairs(${3:list}) do\n  $0\nend']
]
/* eslint-enable no-template-curly-in-string */

function globals(range: IRange, code: string): Item[] {
  const modules = allModules()
    .filter(module => module.name !== '')
    .map((module): Item => ({
      label: module.name,
      kind: CompletionItemKind.Module,
      ...(module.required === true ? { detail: requireLine(module.name) } : {}),
      documentation: { value: describeModule(module) },
      insertText: module.required === true ? localName(module.name) : module.name,
      range,
      ...requiring(module, code)
    }))
  const words = keywords.map((word): Item => ({
    label: word,
    kind: CompletionItemKind.Keyword,
    insertText: word,
    range
  }))
  const templates = snippets.map(([label, text]): Item => ({
    label: { label, description: '…' },
    kind: CompletionItemKind.Snippet,
    insertText: text,
    insertTextRules: CompletionItemInsertTextRule.InsertAsSnippet,
    range
  }))
  const base = findModule('')
  return [...modules, ...(base ? members(base, range, code) : []), ...words, ...templates]
}

export const completionProvider: languages.CompletionItemProvider = {
  triggerCharacters: ['.', '"', "'"],
  async provideCompletionItems(model: editor.ITextModel, position: Position) {
    const word = model.getWordUntilPosition(position)
    const range = {
      startLineNumber: position.lineNumber,
      endLineNumber: position.lineNumber,
      startColumn: word.startColumn,
      endColumn: word.endColumn
    }
    const before = model.getLineContent(position.lineNumber).slice(0, word.startColumn - 1)
    if (/--[^\n]*$/.test(before)) return { suggestions: [] }
    const code = model.getValue()
    // A list made without the server's names would be narrowed, not asked for again, while typing goes on.
    await arrived()
    const typed = model.getLineContent(position.lineNumber).slice(0, position.column - 1)
    const name = /\brequire\s*\(?\s*["']([\w.]*)$/.exec(typed)?.[1]
    if (name !== undefined) {
      return { suggestions: moduleNames({ ...range, startColumn: position.column - name.length }) }
    }
    const owner = /(\w+)\s*\.$/.exec(before)?.[1]
    if (owner === undefined) {
      return {
        suggestions: /[.:"']$/.test(before)
          ? []
          : [...requirements(before, range, code), ...globals(range, code)]
      }
    }
    const module = findModule(owner, code)
    return { suggestions: module ? members(module, range, code) : [] }
  }
}
