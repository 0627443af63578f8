/** Whether pages of a function share the dashboard's origin. */
import { component } from '../../alpine.js'
import { updateFunction } from '../../api/functions.js'
import { t } from '../../i18n/locale.js'
import { fail } from '../../shell/toasts.js'
import { current } from '../function.js'
import { createFormEdit, saveForm, type FormEdit } from '../function/form-edit.js'
import { addForm } from './unsaved.js'

component('origin', () => {
  let edit: FormEdit
  let forget = (): void => {}
  return {
    busy: false,
    allowed: current.fn.allow_same_origin,

    init() {
      forget = addForm({
        title: 'origin.title',
        changed: () => this.changed(),
        save: () => this.save()
      })
      edit = createFormEdit({
        read: fn => ({ allow_same_origin: fn.allow_same_origin }),
        mine: () => ({ allow_same_origin: this.allowed }),
        show: fields => {
          this.allowed = fields['allow_same_origin'] === true
        },
        send: (_wanted, changed, tag) => updateFunction(current.fn.id, changed, tag),
        label: () => t('origin.allow')
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

    save() {
      return saveForm(this, edit, fail)
    }
  }
})
