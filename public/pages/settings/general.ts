/** Name and description of a function. */
import { component } from '../../alpine.js'
import { updateFunction } from '../../api/functions.js'
import { t } from '../../i18n/locale.js'
import { busily } from '../../shell/loading.js'
import { inWords, succeed } from '../../shell/toasts.js'
import { current } from '../function.js'

component('generalSettings', () => ({
  busy: false,
  error: '',
  name: current.fn.name,
  description: current.fn.description ?? '',

  changed () { return this.name !== current.fn.name || this.description !== (current.fn.description ?? '') },

  save () {
    this.error = ''
    return busily(this, async () => {
      await updateFunction(current.fn.id, { name: this.name, description: this.description })
      await current.refresh()
      succeed(t('common.savedChanges'))
    }, error => { this.error = inWords(error).text })
  }
}))
