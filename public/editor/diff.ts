/** Two versions side by side; below each other on a phone. */
import { editor } from 'monaco-editor/editor'
import type { DiffView } from './contract.js'
import { sharedOptions } from './options.js'

const rowPx = 21
const leastPx = 160

/** As high as its longer text, but never more than most of the window. */
function fit (host: HTMLElement, rows: number): void {
  const frame = host.parentElement
  if (frame) frame.style.height = `${Math.max(leastPx, Math.min(rows * rowPx + 48, innerHeight * 0.7))}px`
}

export function createDiff (host: HTMLElement, labels: { original: string, modified: string }): DiffView {
  const view = editor.createDiffEditor(host, {
    ...sharedOptions(),
    readOnly: true,
    domReadOnly: true,
    originalEditable: false,
    renderSideBySide: true,
    useInlineViewWhenSpaceIsLimited: true,
    renderSideBySideInlineBreakpoint: 700,
    renderOverviewRuler: false,
    hideUnchangedRegions: { enabled: true },
    renderMarginRevertIcon: false,
    renderGutterMenu: false
  })
  // The diff editor forgets the labels of its two sides whenever its own options change.
  const label = (): void => {
    view.getOriginalEditor().updateOptions({ ariaLabel: labels.original })
    view.getModifiedEditor().updateOptions({ ariaLabel: labels.modified })
  }
  view.onDidUpdateDiff(label)
  let models: editor.ITextModel[] = []
  const drop = (): void => { for (const model of models) model.dispose() }
  return {
    show (original, modified) {
      const before = models
      fit(host, Math.max(original.split('\n').length, modified.split('\n').length))
      models = [editor.createModel(original, 'lua'), editor.createModel(modified, 'lua')]
      const [left, right] = models
      if (left && right) view.setModel({ original: left, modified: right })
      label()
      for (const model of before) model.dispose()
    },
    dispose () {
      view.dispose()
      drop()
    }
  }
}
