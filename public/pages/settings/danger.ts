/** Switching a function off, and deleting it for good. */
import { component } from '../../alpine.js'
import { deleteFunction, updateFunction } from '../../api/functions.js'
import { t } from '../../i18n/locale.js'
import { ask } from '../../shell/dialogs.js'
import { withBusy } from '../../shell/loading.js'
import { forget } from '../../shell/recent.js'
import { navigate } from '../../shell/router.js'
import { fail, succeed } from '../../shell/toasts.js'
import { current } from '../function.js'
import { insist } from '../function/insist.js'
import { dropDraft } from '../function/code/draft-store.js'

component('danger', () => ({
  busy: false,

  toggle() {
    return withBusy(
      this,
      async () => {
        const disabled = !current.fn.disabled
        // What the reader asked for holds, whatever else was changed meanwhile.
        await insist(
          tag => updateFunction(current.fn.id, { disabled }, tag),
          () => undefined
        )
        await current.refresh()
        succeed(current.fn.disabled ? t('danger.disabled') : t('danger.enabled'))
      },
      fail
    )
  },

  async remove() {
    const { id, name } = current.fn
    const answer = await ask({
      title: t('danger.deleteTitle', { name }),
      text: t('danger.deleteText'),
      confirm: t('danger.delete'),
      danger: true,
      typed: name.trim()
    })
    if (answer !== 'confirm') return
    await withBusy(
      this,
      async () => {
        const question = {
          title: t('danger.deleteTitle', { name }),
          text: t('changes.deleteFunction'),
          confirm: t('danger.delete'),
          danger: true
        }
        if (
          !(await insist(
            tag => deleteFunction(id, tag),
            () => question
          ))
        ) {
          return
        }
        dropDraft(id)
        forget(id)
        succeed(t('danger.deleted', { name }))
        await navigate('/')
      },
      fail
    )
  }
}))
