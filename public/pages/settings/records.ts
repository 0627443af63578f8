/** What is kept of executions, and for how long. */
import { component } from '../../alpine.js'
import { updateFunction } from '../../api/functions.js'
import { t, type TextKey } from '../../i18n/locale.js'
import { fail } from '../../shell/toasts.js'
import { current } from '../function.js'
import { createFormEdit, saveForm, type FormEdit } from '../function/form-edit.js'
import { addForm } from './unsaved.js'

/** What the server takes; it keeps executions for a week when nothing is set. */
const choices = [7, 15, 30, 365]
const standard = 7
const labels: Readonly<Record<string, TextKey>> = {
  retention_days: 'records.retention',
  save_response: 'records.saveResponse'
}

component('records', () => {
  let edit: FormEdit
  let forget = (): void => {}
  return {
    busy: false,
    choices: choices.map(String),
    days: String(current.fn.retention_days ?? standard),
    saveResponse: current.fn.save_response,

    init() {
      forget = addForm({
        title: 'records.title',
        changed: () => this.changed(),
        save: () => this.save()
      })
      edit = createFormEdit({
        read: fn => ({
          retention_days: fn.retention_days ?? standard,
          save_response: fn.save_response
        }),
        mine: () => ({ retention_days: Number(this.days), save_response: this.saveResponse }),
        show: fields => {
          this.days = String(fields['retention_days'])
          this.saveResponse = fields['save_response'] === true
        },
        send: (_wanted, changed, tag) => updateFunction(current.fn.id, changed, tag),
        label: name => t(labels[name] ?? 'records.title')
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
