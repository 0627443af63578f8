/** One code editor. Ctrl-S and Ctrl-Enter are the page's; Ctrl-M lets Tab leave the editor. */
import { KeyCode, KeyMod, MarkerSeverity, Range, editor } from 'monaco-editor/editor'
import type { CodeEditor, EditorOptions, Problem } from './contract.js'
import { sharedOptions } from './options.js'

const owner = 'moonlet'

export function createEditor(host: HTMLElement, options: EditorOptions): CodeEditor {
  const model = editor.createModel(options.code, 'lua')
  const view = editor.create(host, {
    ...sharedOptions(),
    model,
    ariaLabel: options.label,
    readOnly: options.readOnly ?? false,
    domReadOnly: options.readOnly ?? false,
    tabSize: 2,
    insertSpaces: true,
    quickSuggestions: { other: true, comments: false, strings: false },
    suggest: { showWords: true, showIcons: true, preview: false },
    parameterHints: { enabled: true },
    hover: { delay: 250 }
  })
  const marks = view.createDecorationsCollection()
  model.onDidChangeContent(() => options.onChange?.(model.getValue()))
  if (options.onSave) view.addCommand(KeyMod.CtrlCmd | KeyCode.KeyS, options.onSave)
  if (options.onRun) view.addCommand(KeyMod.CtrlCmd | KeyCode.Enter, options.onRun)

  const goTo = (line: number, column = 1): void => {
    const position = model.validatePosition({ lineNumber: line, column })
    view.setPosition(position)
    view.revealPositionInCenterIfOutsideViewport(position)
    view.focus()
  }

  return {
    value: () => model.getValue(),
    set: code => {
      view.executeEdits(owner, [{ range: model.getFullModelRange(), text: code }])
    },
    focus: () => view.focus(),
    goTo,
    insert: text => {
      const selection = view.getSelection()
      if (selection) view.executeEdits(owner, [{ range: selection, text, forceMoveMarkers: true }])
      view.focus()
    },
    mark: problem => {
      if (!problem) {
        marks.clear()
        editor.setModelMarkers(model, owner, [])
        return
      }
      const line = Math.min(Math.max(problem.line, 1), model.getLineCount())
      editor.setModelMarkers(model, owner, [
        {
          severity: MarkerSeverity.Error,
          message: problem.message,
          ...extent(model, line, problem)
        }
      ])
      marks.set([
        {
          range: new Range(line, 1, line, 1),
          options: {
            isWholeLine: true,
            className: 'editor-error-line',
            linesDecorationsClassName: 'editor-error-glyph'
          }
        }
      ])
    },
    dispose: () => {
      view.dispose()
      model.dispose()
    }
  }
}

/** From the column to the end of the word there, or the whole line when no column is known. */
function extent(model: editor.ITextModel, line: number, { column }: Problem) {
  const end = model.getLineMaxColumn(line)
  if (column === undefined) {
    return {
      startLineNumber: line,
      startColumn: model.getLineFirstNonWhitespaceColumn(line) || 1,
      endLineNumber: line,
      endColumn: end
    }
  }
  const word = model.getWordAtPosition({ lineNumber: line, column })
  return {
    startLineNumber: line,
    startColumn: column,
    endLineNumber: line,
    endColumn: Math.max(word?.endColumn ?? column + 1, column + 1)
  }
}
