/** Changes that would take a module away from those who require it: the server refuses them until one insists. */
import { Failure } from '../../api/failure.js'
import { t } from '../../i18n/locale.js'
import { ask } from '../../shell/dialogs.js'

/** A name that another module has is refused too, whoever insists. */
const isRequired = (error: unknown): error is Failure =>
  error instanceof Failure && error.status === 409 && !error.said.startsWith('name:')

/** Asks before the change is made all the same; what was refused stays refused when the reader gives it up. */
export async function askRequired(
  change: (force: boolean) => Promise<unknown>,
  confirm: string
): Promise<unknown> {
  try {
    return await change(false)
  } catch (error) {
    if (!isRequired(error)) throw error
    const question = {
      title: t('modules.stillRequired'),
      text: `${error.message} ${t('modules.stillRequiredText')}`,
      confirm,
      danger: true
    }
    if ((await ask(question)) !== 'confirm') throw error
    return await change(true)
  }
}
