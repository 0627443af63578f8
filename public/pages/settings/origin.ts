/** Whether pages of a function share the dashboard's origin. */
import { component } from '../../alpine.js'
import { updateFunction } from '../../api/functions.js'
import { t } from '../../i18n/locale.js'
import { busily } from '../../shell/loading.js'
import { fail, succeed } from '../../shell/toasts.js'
import { current } from '../function.js'
import { addForm } from './unsaved.js'

component('origin', () => {
  let forget = (): void => {}
  return {
    busy: false,
    allowed: current.fn.allow_same_origin,

    init () { forget = addForm({ title: 'origin.title', changed: () => this.changed(), save: () => this.save() }) },
    destroy () { forget() },

    changed () { return this.allowed !== current.fn.allow_same_origin },

    save () {
      return busily(this, async () => {
        await updateFunction(current.fn.id, { allow_same_origin: this.allowed })
        await current.refresh()
        succeed(t('common.savedChanges'))
      }, fail)
    }
  }
})
