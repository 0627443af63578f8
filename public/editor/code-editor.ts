/** One code editor. Ctrl-S and Ctrl-Enter are the page's; Ctrl-M lets Tab leave the editor. */
import { KeyCode, KeyMod, MarkerSeverity, Range, editor } from 'monaco-editor/editor'
import type { CodeEditor, EditorOptions, Problem } from './contract.js'
import { sharedOptions } from './options.js'

const owner = 'moonlet'

/** The error is underlined, and its line coloured. */
function createMarks(view: editor.IStandaloneCodeEditor, model: editor.ITextModel) {
  const lines = view.createDecorationsCollection()
  return (problem: Problem | undefined): void => {
    if (!problem) {
      lines.clear()
      editor.setModelMarkers(model, owner, [])
      return
    }
    const { message } = problem
    const line = Math.min(Math.max(problem.line, 1), model.getLineCount())
    const marker = { severity: MarkerSeverity.Error, message, ...extent(model, line, problem) }
    editor.setModelMarkers(model, owner, [marker])
    const options = {
      isWholeLine: true,
      className: 'editor-error-line',
      linesDecorationsClassName: 'editor-error-glyph'
    }
    lines.set([{ range: new Range(line, 1, line, 1), options }])
  }
}

const toMonacoOptions = ({ label, readOnly = false }: EditorOptions) => ({
  ...sharedOptions(),
  ariaLabel: label,
  readOnly,
  domReadOnly: readOnly,
  tabSize: 2,
  insertSpaces: true,
  quickSuggestions: { other: true, comments: false, strings: false },
  suggest: { showWords: true, showIcons: true, preview: false },
  parameterHints: { enabled: true },
  hover: { delay: 250 }
})

export function createEditor(host: HTMLElement, options: EditorOptions): CodeEditor {
  const model = editor.createModel(options.code, 'lua')
  const view = editor.create(host, { ...toMonacoOptions(options), model })
  model.onDidChangeContent(() => options.onChange?.(model.getValue()))
  if (options.onSave) view.addCommand(KeyMod.CtrlCmd | KeyCode.KeyS, options.onSave)
  if (options.onRun) view.addCommand(KeyMod.CtrlCmd | KeyCode.Enter, options.onRun)
  return {
    value: () => model.getValue(),
    set: code => {
      view.executeEdits(owner, [{ range: model.getFullModelRange(), text: code }])
    },
    focus: () => view.focus(),
    goTo: (line, column = 1) => {
      const position = model.validatePosition({ lineNumber: line, column })
      view.setPosition(position)
      view.revealPositionInCenterIfOutsideViewport(position)
      view.focus()
    },
    insert: text => {
      const range = view.getSelection()
      if (range) view.executeEdits(owner, [{ range, text, forceMoveMarkers: true }])
      view.focus()
    },
    mark: createMarks(view, model),
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
