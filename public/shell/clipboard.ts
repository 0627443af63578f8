/** Copies text, also where the clipboard API is closed to plain http. */
import { t } from '../i18n/locale.js'
import { succeed } from './toasts.js'

function copyBySelection(text: string): void {
  const area = document.createElement('textarea')
  area.value = text
  area.className = 'sr-only'
  document.body.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}

export async function copy(text: string): Promise<void> {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text).catch(() => copyBySelection(text))
  } else copyBySelection(text)
  succeed(t('common.copied'))
}
