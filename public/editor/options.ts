/** What all editors share: the page's type, no minimap, quiet chrome. */
import type { editor } from 'monaco-editor/editor'

export function sharedOptions(): editor.IEditorOptions & editor.IGlobalEditorOptions {
  const root = getComputedStyle(document.documentElement)
  const phone = matchMedia('(max-width: 40rem)').matches
  return {
    theme: 'moonlet',
    automaticLayout: true,
    minimap: { enabled: false },
    fontFamily: root.getPropertyValue('--mono'),
    fontSize: 13.5,
    lineHeight: 21,
    padding: { top: 12, bottom: 12 },
    scrollBeyondLastLine: false,
    renderLineHighlight: 'line',
    lineNumbersMinChars: phone ? 2 : 4,
    lineDecorationsWidth: 8,
    overviewRulerBorder: false,
    hideCursorInOverviewRuler: true,
    fixedOverflowWidgets: true,
    folding: !phone,
    glyphMargin: false,
    lightbulb: { enabled: 'off' as editor.ShowLightbulbIconMode },
    smoothScrolling: false,
    cursorBlinking: 'solid',
    contextmenu: false,
    accessibilitySupport: 'auto',
    // A plain text area works with every screen reader and input method.
    editContext: false,
    wordWrap: phone ? 'on' : 'off',
    unicodeHighlight: { ambiguousCharacters: false },
    stickyScroll: { enabled: false },
    scrollbar: {
      verticalScrollbarSize: 10,
      horizontalScrollbarSize: 10,
      alwaysConsumeMouseWheel: false
    }
  }
}
