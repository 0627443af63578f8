/** Name and description of a function. */
import { component } from '../../alpine.js'
import { updateFunction } from '../../api/functions.js'
import { byteLength, isTooLong, limits } from '../../api/limits.js'
import { t, type TextKey } from '../../i18n/locale.js'
import { describeError } from '../../shell/toasts.js'
import { current } from '../function.js'
import { createFormEdit, saveForm, type FormEdit } from '../function/form-edit.js'
import { addForm } from './unsaved.js'

const labels: Readonly<Record<string, TextKey>> = {
  name: 'settings.name',
  description: 'settings.description'
}

component('generalSettings', () => {
  let edit: FormEdit
  let forget = (): void => {}
  return {
    busy: false,
    /** Of what is typed: it cannot be saved. */
    tooLong: '',
    /** Of the last save, which may be tried again. */
    error: '',
    name: current.fn.name,
    description: current.fn.description ?? '',

    init() {
      forget = addForm({
        title: 'settings.general',
        changed: () => this.changed(),
        save: () => this.save()
      })
      edit = createFormEdit({
        read: ({ name, description = '' }) => ({ name, description }),
        mine: () => ({ name: this.name, description: this.description }),
        show: fields => {
          Object.assign(this, fields)
        },
        send: (_wanted, changed, tag) => updateFunction(current.fn.id, changed, tag),
        label: name => t(labels[name] ?? 'settings.general')
      })
      this.$watch('$store.current.fn', () => {
        edit.follow()
      })
    },
    destroy() {
      forget()
    },

    changed() {
      return edit.changed()
    },

    /** The limits are bytes: an accent counts twice. */
    measure() {
      this.error = ''
      const long = (
        [
          ['name', this.name.trim()],
          ['description', this.description]
        ] as const
      ).find(([field, text]) => isTooLong(text, limits[field]))
      this.tooLong =
        long === undefined
          ? ''
          : t('settings.tooLong', {
              field: t(`settings.${long[0]}`),
              size: byteLength(long[1]),
              limit: limits[long[0]]
            })
    },

    save() {
      this.error = ''
      return saveForm(this, edit, error => {
        this.error = describeError(error).text
      })
    }
  }
})
