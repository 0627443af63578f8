/** Name and description of a shared module. Another name takes it away from those who require it: that is asked. */
import { component } from '../../alpine.js'
import { updateModule, type LuaModule } from '../../api/modules.js'
import { t } from '../../i18n/locale.js'
import { describeError } from '../../shell/toasts.js'
import { withoutField } from '../access/form-card.js'
import { createEdit, saveForm, type FormEdit } from '../function/form-edit.js'
import { addForm } from '../settings/unsaved.js'
import { currentModule } from './current.js'
import { askRequired } from './required.js'

const read = ({ name, description = '' }: LuaModule) => ({ name, description })

component('moduleGeneral', () => {
  let edit: FormEdit
  let forget = (): void => {}
  return {
    ...read(currentModule.found),
    busy: false,
    error: '',

    init() {
      forget = addForm({
        title: 'settings.general',
        changed: () => this.changed(),
        save: () => this.save()
      })
      edit = createEdit(currentModule, {
        read,
        mine: () => ({ name: this.name.trim(), description: this.description }),
        show: fields => {
          Object.assign(this, fields)
        },
        send: (_wanted, changed, tag) =>
          askRequired(
            force => updateModule(currentModule.found.id, changed, { tag, force }),
            t('modules.renameAnyway')
          ),
        label: name => (name === 'name' ? t('settings.name') : t('settings.description'))
      })
      this.$watch('$store.currentModule.found', () => {
        edit.follow()
      })
    },
    destroy() {
      forget()
    },

    changed() {
      return edit.changed()
    },
    save(): Promise<boolean> {
      this.error = ''
      return saveForm(this, edit, error => {
        this.error = withoutField(describeError(error).text)
      })
    }
  }
})
