/** What was typed and is kept nowhere else: not left, reloaded or signed out of without a question. */
import { t } from '../i18n/locale.js'
import { ask } from './dialogs.js'
import { guardLeaving, type Guard } from './router.js'

const mayLeave = async (): Promise<boolean> =>
  (await ask({
    title: t('code.leaveTitle'),
    text: t('common.dropText'),
    confirm: t('settings.leave'),
    danger: true
  })) === 'confirm'

/** `isTyped` tells whether something would be lost now. Gives the way to ask no more. */
export function guardTyped(isTyped: () => boolean, asked: Guard = mayLeave): () => void {
  const stopGuarding = guardLeaving(to => !isTyped() || asked(to))
  const onUnload = (event: Event): void => {
    if (isTyped()) event.preventDefault()
  }
  addEventListener('beforeunload', onUnload)
  return () => {
    stopGuarding()
    removeEventListener('beforeunload', onUnload)
  }
}
