/** Which forms of a page hold what is not saved yet, so that leaving it asks first. */
import { t, type TextKey } from '../../i18n/locale.js'
import { ask } from '../../shell/dialogs.js'
import { format } from '../../format/values.js'

export interface UnsavedForm {
  /** What the form is called. */
  title: TextKey
  changed: () => boolean
  /** True when it went well. */
  save: () => boolean | Promise<boolean>
}

const forms = new Set<UnsavedForm>()

/** Gives the way to forget the form. */
export function addForm(form: UnsavedForm): () => void {
  forms.add(form)
  return () => {
    forms.delete(form)
  }
}

const unsaved = (): UnsavedForm[] => [...forms].filter(form => form.changed())

export const hasUnsaved = (): boolean => unsaved().length > 0

/** True when nothing is unsaved, when all of it has been saved now, or when the reader leaves it behind. */
export async function mayLeaveForms(): Promise<boolean> {
  const left = unsaved()
  if (left.length === 0) return true
  const names = format.list(left.map(({ title }) => t(title)))
  const answer = await ask({
    title: t('code.leaveTitle'),
    text: t('settings.leaveText', { names }),
    confirm: t('settings.leave'),
    other: t('code.saveAndLeave'),
    danger: true
  })
  if (answer !== 'other') return answer === 'confirm'
  for (const form of left) if (!(await form.save())) return false
  return true
}
