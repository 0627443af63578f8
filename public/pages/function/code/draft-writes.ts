/** Whether a draft changes what others see: it runs for real, only its code is not saved. */
import { t } from '../../../i18n/locale.js'
import { ask } from '../../../shell/dialogs.js'
import { read, write } from '../../../shell/local-storage.js'
import { findWrites } from './find-writes.js'

/** Asks before the first run of a function's draft that writes; in this browser once for each function. */
export async function mayWrite(functionId: string, code: string): Promise<boolean> {
  const writes = findWrites(code)
  const known = `writes.${functionId}`
  if (writes.length === 0 || read(known) === true) return true
  const text = t('code.writesText', { names: writes.join(', ') })
  if ((await ask({ title: t('code.writesTitle'), text, confirm: t('code.run') })) !== 'confirm') {
    return false
  }
  write(known, true)
  return true
}
