/** Deleting a shared module for good. */
import { component } from '../../alpine.js'
import { deleteModule } from '../../api/modules.js'
import { t } from '../../i18n/locale.js'
import { ask } from '../../shell/dialogs.js'
import { withBusy } from '../../shell/loading.js'
import { navigate } from '../../shell/router.js'
import { fail, succeed } from '../../shell/toasts.js'
import { dropDraft } from '../function/code/draft-store.js'
import { insistOn } from '../function/insist.js'
import { currentModule } from './current.js'
import { askRequired } from './required.js'

component('moduleDanger', () => ({
  busy: false,

  async remove() {
    const { id, name } = currentModule.found
    const question = {
      title: t('modules.deleteTitle', { name }),
      text: t('modules.deleteText'),
      confirm: t('modules.delete'),
      danger: true
    }
    if ((await ask({ ...question, typed: name })) !== 'confirm') return
    const work = async (): Promise<void> => {
      const send = (tag: string) =>
        askRequired(force => deleteModule(id, { tag, force }), t('modules.deleteAnyway'))
      const changed = { ...question, text: t('modules.changedMeanwhile') }
      if (!(await insistOn(currentModule, send, () => changed))) return
      dropDraft(id)
      succeed(t('modules.deleted', { name }))
      await navigate('/modules')
    }
    await withBusy(this, work, fail)
  }
}))
