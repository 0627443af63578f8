/** The function or module of the page has been deleted elsewhere: what is typed can be saved as a new one. */
import { component } from '../../alpine.js'
import { t } from '../../i18n/locale.js'
import { ask } from '../../shell/dialogs.js'
import { withBusy } from '../../shell/loading.js'
import { navigate, route } from '../../shell/router.js'
import { fail, succeed } from '../../shell/toasts.js'
import { dropDraft, readDraft } from './code/draft-store.js'
import { ownerOfPage } from './owner.js'

/** The editor of the page, while it is open. */
interface Typed {
  readonly code: () => string | undefined
  /** It is a new function's now. */
  readonly onSaved: () => void
}
let typed: Typed | undefined

/** Gives the way to offer it no more. */
export function offerTyped(given: Typed): () => void {
  typed = given
  return () => {
    if (typed === given) typed = undefined
  }
}

async function createAgain(): Promise<void> {
  const { id } = route
  const { name, path } = await ownerOfPage().createAgain(typed?.code() ?? readDraft(id)?.code)
  typed?.onSaved()
  dropDraft(id)
  succeed(t('changes.createdAgain', { name }))
  await navigate(path)
}

/** Asks whether what could not be saved shall become a new one. */
export async function askToCreate(): Promise<void> {
  const question = {
    title: t('changes.goneTitle'),
    text: t('changes.goneText'),
    confirm: t('changes.createAgain')
  }
  if ((await ask(question)) === 'confirm') await createAgain().catch(fail)
}

component('gone', () => ({
  busy: false,

  isGone: () => ownerOfPage().subject.gone,
  /** What was typed before it was deleted. */
  isKept: () => readDraft(route.id) !== undefined,
  create() {
    return withBusy(this, createAgain, fail)
  }
}))
