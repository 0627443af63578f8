/** Suggests modules, their functions, Lua's names, and the handler's fields. */
import type { IRange, Position, editor } from 'monaco-editor/editor'
import { languages } from 'monaco-editor/editor'
import type { LuaEntry, LuaModuleReference } from '../api/types.js'
import { allModules, awaitModule, findModule, toMarkdown } from './apis.js'
import { keywords } from './lua-names.js'

const { CompletionItemKind, CompletionItemInsertTextRule } = languages
type Item = languages.CompletionItem

const isCall = (entry: LuaEntry): boolean => entry.signature.includes('(')

function toItem (module: string, entry: LuaEntry, range: IRange): Item {
  return {
    label: { label: entry.name, detail: isCall(entry) ? `(${entry.params.map(param => param.name).join(', ')})` : '' },
    kind: isCall(entry) ? CompletionItemKind.Function : CompletionItemKind.Field,
    detail: entry.signature,
    documentation: { value: toMarkdown(module, entry) },
    insertText: isCall(entry) ? `${entry.name}($0)` : entry.name,
    insertTextRules: CompletionItemInsertTextRule.InsertAsSnippet,
    ...(isCall(entry) && entry.params.length > 0 ? { command: { id: 'editor.action.triggerParameterHints', title: '' } } : {}),
    range
  }
}

function members (module: LuaModuleReference, range: IRange): Item[] {
  return module.functions.map(entry => toItem(module.name, entry, range))
}

/* eslint-disable no-template-curly-in-string -- the editor's snippets are written so */
const snippets: ReadonlyArray<readonly [label: string, text: string]> = [
  ['handler', 'function handler(ctx, event)\n  $0\n  return { statusCode = 200, body = "" }\nend'],
  ['function', 'function ${1:name}($2)\n  $0\nend'],
  ['if', 'if ${1:condition} then\n  $0\nend'],
  ['for', 'for ${1:_}, ${2:value} in ipairs(${3:list}) do\n  $0\nend']
]
/* eslint-enable no-template-curly-in-string */

function globals (range: IRange): Item[] {
  const modules = allModules().filter(module => module.name !== '').map((module): Item => ({
    label: module.name, kind: CompletionItemKind.Module, documentation: { value: module.doc }, insertText: module.name, range
  }))
  const words = keywords.map((word): Item => ({ label: word, kind: CompletionItemKind.Keyword, insertText: word, range }))
  const templates = snippets.map(([label, text]): Item => ({
    label: { label, description: '…' }, kind: CompletionItemKind.Snippet, insertText: text, insertTextRules: CompletionItemInsertTextRule.InsertAsSnippet, range
  }))
  const base = findModule('')
  return [...modules, ...(base ? members(base, range) : []), ...words, ...templates]
}

export const completionProvider: languages.CompletionItemProvider = {
  triggerCharacters: ['.'],
  async provideCompletionItems (model: editor.ITextModel, position: Position) {
    const word = model.getWordUntilPosition(position)
    const range = { startLineNumber: position.lineNumber, endLineNumber: position.lineNumber, startColumn: word.startColumn, endColumn: word.endColumn }
    const before = model.getLineContent(position.lineNumber).slice(0, word.startColumn - 1)
    if (/--[^\n]*$/.test(before)) return { suggestions: [] }
    const owner = /(\w+)\s*\.$/.exec(before)?.[1]
    if (owner === undefined) return { suggestions: /[.:]$/.test(before) ? [] : globals(range) }
    const module = await awaitModule(owner)
    return { suggestions: module ? members(module, range) : [] }
  }
}
