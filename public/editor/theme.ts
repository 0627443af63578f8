/** Monaco's colours, taken from the page's tokens so that there is one palette. */
import { editor } from 'monaco-editor/editor'

/** A token's present value as #rrggbb; the browser resolves light-dark() for us. */
function of(token: string): string {
  // A new element for each: one that changes its colour may be in the middle of a transition.
  const probe = document.createElement('span')
  probe.style.color = `var(${token})`
  document.body.append(probe)
  const [red = 0, green = 0, blue = 0] = (getComputedStyle(probe).color.match(/[\d.]+/g) ?? []).map(
    Number
  )
  probe.remove()
  return (
    '#' + [red, green, blue].map(part => Math.round(part).toString(16).padStart(2, '0')).join('')
  )
}

const isDark = (hex: string): boolean => parseInt(hex.slice(1, 3), 16) < 128

export function refreshTheme(): void {
  const background = of('--surface')
  editor.defineTheme('moonlet', {
    base: isDark(background) ? 'vs-dark' : 'vs',
    inherit: true,
    rules: [
      { token: '', foreground: of('--text') },
      { token: 'keyword', foreground: of('--code-keyword') },
      { token: 'string', foreground: of('--code-string') },
      { token: 'number', foreground: of('--code-number') },
      { token: 'comment', foreground: of('--code-comment') },
      { token: 'identifier', foreground: of('--text') },
      { token: 'delimiter', foreground: of('--text-2') }
    ],
    colors: {
      'editor.background': background,
      'editor.foreground': of('--text'),
      'editorLineNumber.foreground': of('--text-3'),
      'editorLineNumber.activeForeground': of('--text'),
      'editor.lineHighlightBackground': of('--surface-2'),
      'editor.lineHighlightBorder': '#00000000',
      'editorCursor.foreground': of('--accent'),
      'editor.selectionBackground': of('--accent') + '40',
      'editor.wordHighlightBackground': of('--accent') + '22',
      'editor.wordHighlightStrongBackground': of('--accent') + '22',
      'editorBracketMatch.background': of('--accent') + '22',
      'editorBracketMatch.border': '#00000000',
      ...Object.fromEntries(
        [1, 2, 3, 4, 5, 6].map(level => [
          `editorBracketHighlight.foreground${level}`,
          of('--text-2')
        ])
      ),
      'diffEditor.insertedLineBackground': of('--success') + '1c',
      'diffEditor.insertedTextBackground': of('--success') + '26',
      'diffEditor.removedLineBackground': of('--danger') + '1c',
      'diffEditor.removedTextBackground': of('--danger') + '1c',
      'diffEditor.diagonalFill': of('--border'),
      'diffEditor.unchangedRegionBackground': of('--surface-2'),
      'editorWidget.background': of('--surface'),
      'editorWidget.border': of('--border'),
      'editorHoverWidget.background': of('--surface'),
      'editorSuggestWidget.background': of('--surface'),
      'editorSuggestWidget.selectedBackground': of('--hover'),
      'editorSuggestWidget.selectedForeground': of('--text'),
      'editorSuggestWidget.highlightForeground': of('--accent'),
      'editorSuggestWidget.focusHighlightForeground': of('--accent'),
      // Every place of the word at the cursor would be a bar at the edge.
      'editorOverviewRuler.wordHighlightForeground': '#00000000',
      'editorOverviewRuler.wordHighlightStrongForeground': '#00000000',
      'editorOverviewRuler.wordHighlightTextForeground': '#00000000',
      'input.background': of('--inset'),
      'input.border': of('--border-strong'),
      'editorIndentGuide.background1': of('--border'),
      'editorError.foreground': of('--danger'),
      focusBorder: of('--accent'),
      'scrollbar.shadow': '#00000000'
    }
  })
  editor.setTheme('moonlet')
}
