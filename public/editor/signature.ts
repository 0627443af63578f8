/** Shows the parameters of the call that is being typed. */
import type { languages } from 'monaco-editor/editor'
import { awaitEntry, fullName } from './apis.js'
import { findCall } from './call-site.js'

/** Calls that span more than this are rare, and looking further back would slow typing down. */
const lookBackLines = 40

export const signatureProvider: languages.SignatureHelpProvider = {
  signatureHelpTriggerCharacters: ['(', ','],
  signatureHelpRetriggerCharacters: [')'],
  async provideSignatureHelp(model, position) {
    const from = Math.max(1, position.lineNumber - lookBackLines)
    const call = findCall(
      model.getValueInRange({
        startLineNumber: from,
        startColumn: 1,
        endLineNumber: position.lineNumber,
        endColumn: position.column
      })
    )
    const entry = call && (await awaitEntry(call.module, call.name, model.getValue()))?.entry
    if (!call || !entry) return null
    const labels = entry.params.map(
      param =>
        `${param.name}${param.optional ? '?' : ''}${param.type === '' ? '' : `: ${param.type}`}`
    )
    return {
      dispose() {},
      value: {
        activeSignature: 0,
        activeParameter: Math.min(call.argument, Math.max(labels.length - 1, 0)),
        signatures: [
          {
            label: `${fullName(call.module, call.name)}(${labels.join(', ')})`,
            documentation: { value: entry.doc },
            parameters: entry.params.map((param, index) => ({
              label: labels[index] ?? param.name,
              documentation: { value: param.doc }
            }))
          }
        ]
      }
    }
  }
}
