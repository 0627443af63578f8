/** The editor's own bundle: Monaco with the chosen features, and Lua as Moonlet knows it. */
import './features.js'
import './details.css'
import { languages } from 'monaco-editor/editor'
import { completionProvider } from './completion.js'
import { describe, describeShared } from './apis.js'
import { hoverProvider } from './hover.js'
import { installIndentation } from './indentation.js'
import { signatureProvider } from './signature.js'
import { installWorker } from './worker.js'
import { refreshTheme } from './theme.js'

installWorker()
installIndentation()
refreshTheme()
languages.registerCompletionItemProvider('lua', completionProvider)
languages.registerHoverProvider('lua', hoverProvider)
languages.registerSignatureHelpProvider('lua', signatureProvider)

export { createEditor } from './code-editor.js'
export { createDiff } from './diff.js'
export { describe as describeApis, describeShared, refreshTheme }
