/** What is kept of executions, and for how long. */
import { component } from '../../alpine.js'
import { updateFunction } from '../../api/functions.js'
import { t } from '../../i18n/locale.js'
import { busily } from '../../shell/loading.js'
import { fail, succeed } from '../../shell/toasts.js'
import { current } from '../function.js'
import { addForm } from './unsaved.js'

/** What the server takes; it keeps executions for a week when nothing is set. */
const choices = [7, 15, 30, 365]
const standard = '7'

component('records', () => {
  let forget = (): void => {}
  return {
    busy: false,
    choices: choices.map(String),
    days: String(current.fn.retention_days ?? standard),
    saveResponse: current.fn.save_response,

    init () { forget = addForm({ title: 'records.title', changed: () => this.changed(), save: () => this.save() }) },
    destroy () { forget() },

    changed () { return this.days !== String(current.fn.retention_days ?? standard) || this.saveResponse !== current.fn.save_response },

    save () {
      return busily(this, async () => {
        await updateFunction(current.fn.id, { retention_days: Number(this.days), save_response: this.saveResponse })
        await current.refresh()
        succeed(t('common.savedChanges'))
      }, fail)
    }
  }
})
