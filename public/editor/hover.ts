/** What the name under the pointer is. */
import type { languages } from 'monaco-editor/editor'
import { awaitEntry, awaitModule, describeModule, toMarkdown } from './apis.js'

export const hoverProvider: languages.HoverProvider = {
  async provideHover(model, position) {
    const word = model.getWordAtPosition(position)
    if (!word) return null
    const before = model.getLineContent(position.lineNumber).slice(0, word.startColumn - 1)
    const owner = /(\w+)\s*\.$/.exec(before)?.[1]
    const name = requiredAt(model.getLineContent(position.lineNumber), position.column)
    const range = {
      startLineNumber: position.lineNumber,
      endLineNumber: position.lineNumber,
      startColumn: word.startColumn,
      endColumn: word.endColumn
    }
    if (name !== undefined) {
      const module = await awaitModule(name, '')
      return module ? { range, contents: [{ value: describeModule(module) }] } : null
    }
    if (owner === undefined) {
      const module = await awaitModule(word.word, model.getValue())
      if (module && module.name !== '') {
        return { range, contents: [{ value: describeModule(module) }] }
      }
    }
    const found = await awaitEntry(owner ?? '', word.word, model.getValue())
    return found ? { range, contents: [{ value: toMarkdown(found.module, found.entry) }] } : null
  }
}

/** The name between the quotes of a `require` that the column (from 1) is in. */
function requiredAt(line: string, column: number): string | undefined {
  for (const match of line.matchAll(/\brequire\s*\(?\s*(["'])([\w.]+)\1/g)) {
    const [whole, , name = ''] = match
    const end = match.index + whole.length
    if (column >= end - name.length && column <= end) return name
  }
  return undefined
}
