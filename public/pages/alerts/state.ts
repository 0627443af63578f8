/** What the page of alerts shows. */
import type { Alert } from '../../api/alerts.js'
import { loading } from '../../shell/loading.js'
import { formats, kinds, targetKinds, toAlertForm } from './alert-form.js'

export const createAlertsState = () => ({
  ...loading(),
  busy: false,
  kinds,
  targetKinds,
  formats,
  rows: [] as Alert[],
  total: 0,
  /** To choose from, and to name them. */
  functions: [] as Array<{ id: string; name: string }>,
  /** The rule in the dialog; '' for a new one. */
  editing: '',
  form: toAlertForm(),
  /** By field; '' for the whole form. */
  errors: {} as Record<string, string>
})
export type AlertsState = ReturnType<typeof createAlertsState>
