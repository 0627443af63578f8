/** Two states of the code side by side, where somebody else has activated another meanwhile. */
import { store } from '../../../alpine.js'
import type { Version } from '../../../api/types.js'
import { loadEditor } from '../../../editor/load.js'
import { t } from '../../../i18n/locale.js'

/** The code to save, as the reader left it on the right side; `theirs`: what is there now. */
export type CodeChoice = { readonly code: string } | 'theirs' | undefined

let settle: ((answer: 'mine' | 'theirs' | undefined) => void) | undefined

const codeClash = store('codeClash', {
  version: 0,
  answer(given: 'mine' | 'theirs' | '') {
    settle?.(given === '' ? undefined : given)
    settle = undefined
  }
})

/** Undefined: the reader wants to go on with the code. */
export async function askCode(theirs: Version, mine: string): Promise<CodeChoice> {
  const { createDiff } = await loadEditor()
  const dialog = document.querySelector<HTMLDialogElement>('#code-clash')
  const host = dialog?.querySelector<HTMLElement>('.editor-host')
  if (!dialog || !host) return undefined
  codeClash.version = theirs.version
  dialog.showModal()
  const view = createDiff(host, {
    original: t('changes.codeLeft', { version: theirs.version }),
    modified: t('changes.codeRight'),
    editable: true
  })
  view.show(theirs.code, mine)
  try {
    const answer = await new Promise<'mine' | 'theirs' | undefined>(resolve => {
      settle = resolve
    })
    return answer === 'mine' ? { code: view.value() } : answer
  } finally {
    view.dispose()
    dialog.close()
  }
}
