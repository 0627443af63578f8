/** Two versions side by side; below each other on a phone. */
import { editor } from 'monaco-editor/editor'
import type { DiffOptions, DiffView } from './contract.js'
import { sharedOptions } from './options.js'

const leastPx = 160

/** As high as what is shown of the longer text, but never more than most of the window. */
function fit(host: HTMLElement, view: editor.IStandaloneDiffEditor): void {
  const needed = Math.max(
    view.getOriginalEditor().getContentHeight(),
    view.getModifiedEditor().getContentHeight()
  )
  const frame = host.parentElement
  if (frame) frame.style.height = `${Math.max(leastPx, Math.min(needed + 12, innerHeight * 0.7))}px`
}

const toMonacoOptions = (editable: boolean): editor.IStandaloneDiffEditorConstructionOptions => ({
  ...sharedOptions(),
  readOnly: !editable,
  renderLineHighlight: 'none',
  domReadOnly: !editable,
  originalEditable: false,
  renderSideBySide: true,
  useInlineViewWhenSpaceIsLimited: true,
  renderSideBySideInlineBreakpoint: 700,
  renderOverviewRuler: false,
  hideUnchangedRegions: { enabled: true },
  renderMarginRevertIcon: editable,
  renderGutterMenu: false
})

export function createDiff(
  host: HTMLElement,
  { editable = false, ...labels }: DiffOptions
): DiffView {
  const view = editor.createDiffEditor(host, toMonacoOptions(editable))
  const sides = [
    [view.getOriginalEditor(), labels.original],
    [view.getModifiedEditor(), labels.modified]
  ] as const
  // The diff editor forgets the labels of its two sides whenever its own options or its width change.
  const label = (): void => {
    for (const [side, ariaLabel] of sides) {
      const isLost = side.getOption(editor.EditorOption.ariaLabel) !== ariaLabel
      if (isLost) side.updateOptions({ ariaLabel })
    }
  }
  /** The editor does not bear to be disposed of while it compares. */
  let comparing = false
  let ended = false
  view.onDidUpdateDiff(() => {
    comparing = false
    if (ended) end()
    else label()
  })
  for (const [side] of sides) {
    side.onDidContentSizeChange(() => fit(host, view))
    side.onDidChangeConfiguration(label)
  }
  let models: editor.ITextModel[] = []
  const drop = (): void => {
    for (const model of models) model.dispose()
  }
  const end = (): void => {
    view.dispose()
    drop()
  }
  return {
    show(original, modified) {
      const before = models
      models = [editor.createModel(original, 'lua'), editor.createModel(modified, 'lua')]
      const [left, right] = models
      comparing = true
      if (left && right) view.setModel({ original: left, modified: right })
      label()
      for (const model of before) model.dispose()
    },
    value: () => view.getModifiedEditor().getValue(),
    dispose() {
      ended = true
      if (!comparing) end()
    }
  }
}
