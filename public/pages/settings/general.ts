/** Name and description of a function. */
import { component } from '../../alpine.js'
import { updateFunction } from '../../api/functions.js'
import { byteLength, isTooLong, limits } from '../../api/limits.js'
import { t } from '../../i18n/locale.js'
import { busily } from '../../shell/loading.js'
import { inWords, succeed } from '../../shell/toasts.js'
import { current } from '../function.js'
import { addForm } from './unsaved.js'

component('generalSettings', () => {
  let forget = (): void => {}
  return {
    busy: false,
    error: '',
    name: current.fn.name,
    description: current.fn.description ?? '',

    init () { forget = addForm({ title: 'settings.general', changed: () => this.changed(), save: () => this.save() }) },
    destroy () { forget() },

    changed () { return this.name !== current.fn.name || this.description !== (current.fn.description ?? '') },

    /** The limits are bytes: an accent counts twice. */
    measure () {
      const long = ([['name', this.name.trim()], ['description', this.description]] as const).find(([field, text]) => isTooLong(text, limits[field]))
      this.error = long === undefined ? '' : t('settings.tooLong', { field: t(`settings.${long[0]}`), size: byteLength(long[1]), limit: limits[long[0]] })
    },

    save () {
      this.error = ''
      return busily(this, async () => {
        await updateFunction(current.fn.id, { name: this.name, description: this.description })
        await current.refresh()
        succeed(t('common.savedChanges'))
      }, error => { this.error = inWords(error).text })
    }
  }
})
