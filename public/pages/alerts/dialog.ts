/** The dialog in which a rule is made or changed. */
import { part } from '../../alpine.js'
import { createAlert, updateAlert, type Alert } from '../../api/alerts.js'
import { Failure, isMissing } from '../../api/failure.js'
import { t } from '../../i18n/locale.js'
import { openFormDialog } from '../../shell/form-dialog.js'
import { withBusy } from '../../shell/loading.js'
import { describeError, succeed } from '../../shell/toasts.js'
import { withoutField } from '../access/form-card.js'
import { findField, isCounted, toAlertForm, toRule } from './alert-form.js'
import type { AlertsState } from './state.js'

interface Whole {
  load(): Promise<void>
}

export const createDialog = () =>
  part<AlertsState & Whole>()({
    openNew() {
      this.openForm('', undefined)
    },
    edit(alert: Alert) {
      this.openForm(alert.id, alert)
    },
    openForm(id: string, alert: Alert | undefined) {
      Object.assign(this, { editing: id, form: toAlertForm(alert), errors: {} })
      openFormDialog(this.dialog())
    },
    closeForm() {
      this.dialog()?.close()
    },
    dialog() {
      return this.$refs['dialog'] as HTMLDialogElement | undefined
    },
    isCounted() {
      return isCounted(this.form.on)
    },

    saveRule() {
      this.errors = {}
      const rule = toRule(this.form)
      const work = async (): Promise<void> => {
        await (this.editing === '' ? createAlert(rule) : updateAlert(this.editing, rule))
        this.closeForm()
        succeed(t('alerts.saved'))
        await this.load()
      }
      return withBusy(this, work, error => {
        if (isMissing(error) && this.editing !== '') return this.meetDeleted()
        const field = error instanceof Failure ? findField(error.said) : ''
        this.errors = { [field]: withoutField(describeError(error).text) }
        this.focusWrong()
      })
    },
    /** What is typed stays, and can be saved as another. */
    meetDeleted() {
      Object.assign(this, { editing: '', errors: { '': t('alerts.gone') } })
      this.load()
    },
    errorOf(field: string): string {
      return this.errors[field] ?? ''
    },
    invalid(field: string): 'true' | 'false' {
      return this.errorOf(field) === '' ? 'false' : 'true'
    },
    focusWrong() {
      const dialog = this.dialog()
      this.$nextTick(() => dialog?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
    }
  })
