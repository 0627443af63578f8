/** Dialogs that hold a form: what is typed in one is not closed, left or reloaded away without a question. */
import { t } from '../i18n/locale.js'
import { ask } from './dialogs.js'
import { guardTyped } from './typed.js'

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
  let typed = false
  const isTyped = (): boolean => typed && dialog.open && dialog.isConnected
  const mayClose = async (): Promise<boolean> => {
    const isDropped = await mayDrop()
    if (isDropped) dialog.close()
    return isDropped
  }
  const keep = (event: Event): void => {
    if (!isTyped()) return
    event.preventDefault()
    mayClose()
  }
  dialog.addEventListener(
    'input',
    () => {
      typed = true
    },
    untilClosed
  )
  dialog.addEventListener('cancel', keep, untilClosed)
  // Browsers let nobody refuse `cancel` twice in a row without anything being done in the dialog meanwhile.
  dialog.addEventListener(
    'keydown',
    event => {
      if (event.key === 'Escape' && !event.isComposing) keep(event)
    },
    untilClosed
  )
  closed.signal.addEventListener('abort', guardTyped(isTyped, mayClose))
  dialog.addEventListener('close', () => closed.abort(), { once: true })
  dialog.showModal()
}
