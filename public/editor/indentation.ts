/** Where Lua's blocks begin and end, so that new lines and closing words find their place. */
import { languages } from 'monaco-editor/editor'

/** A line that opens a block, or a table, and does not close it again. */
const opens =
  /^(?!\s*--)(?=.*(?:\b(?:function|then|else|do|repeat)\b|[{(]\s*$))(?!.*\b(?:end|until)\b).*$/
/** A line that begins with what closes one. */
const closes = /^\s*(?:\b(?:end|else|elseif|until)\b|[})])/

export function installIndentation(): void {
  languages.setLanguageConfiguration('lua', {
    indentationRules: { increaseIndentPattern: opens, decreaseIndentPattern: closes }
  })
}
