/** Dialogs that hold a form: what is typed in one is not closed, left or reloaded away without a question. */
import { t } from '../i18n/locale.js'
import { ask } from './dialogs.js'
import { guardLeaving } from './router.js'

const mayDrop = async (): Promise<boolean> =>
  (await ask({
    title: t('common.dropTitle'),
    text: t('common.dropText'),
    confirm: t('common.drop'),
    danger: true
  })) === 'confirm'

/** Opens it with nothing typed yet. Whoever calls `close()` means it, as the buttons do. */
export function openFormDialog(dialog: HTMLDialogElement | undefined): void {
  if (!dialog || dialog.open) return
  const closed = new AbortController()
  const untilClosed = { signal: closed.signal }
  const mayClose = async (): Promise<boolean> => {
    const isDropped = await mayDrop()
    if (isDropped) dialog.close()
    return isDropped
  }
  const keep = (): void => {
    const stopGuarding = guardLeaving(mayClose)
    closed.signal.addEventListener('abort', stopGuarding)
    addEventListener('beforeunload', event => event.preventDefault(), untilClosed)
    dialog.addEventListener('cancel', onCancel, untilClosed)
  }
  const onCancel = (event: Event): void => {
    event.preventDefault()
    mayClose()
  }
  dialog.addEventListener('input', keep, { ...untilClosed, once: true })
  dialog.addEventListener('close', () => closed.abort(), { once: true })
  dialog.showModal()
}
