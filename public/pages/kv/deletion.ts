/** Deletes an entry, and asks again when another value is stored than the one that the list shows. */
import { part } from '../../alpine.js'
import { Stale } from '../../api/failure.js'
import { deleteValue, encodeKey } from '../../api/kv.js'
import type { KvEntry, StaleValue } from '../../api/types.js'
import { t } from '../../i18n/locale.js'
import { ask } from '../../shell/dialogs.js'
import { holdPlace } from '../../shell/focus.js'
import { fail } from '../../shell/toasts.js'
import type { KvLoading } from './loading.js'
import type { KvState } from './state.js'

const MAX_SHOWN_VALUE = 200

async function isConfirmed(text: string, confirm: string): Promise<boolean> {
  const answer = await ask({ title: t('data.deleteTitle'), text, confirm, danger: true })
  return answer === 'confirm'
}

function describeChange({ value = t('data.binary') }: StaleValue): string {
  const isLong = value.length > MAX_SHOWN_VALUE
  return t('changes.entryChanged', {
    value: isLong ? `${value.slice(0, MAX_SHOWN_VALUE)}…` : value
  })
}

async function deleteAsSeen(functionId: string | undefined, entry: KvEntry): Promise<void> {
  let tag = entry.etag
  for (;;) {
    try {
      await deleteValue(functionId, encodeKey(entry), tag)
      return
    } catch (error) {
      if (!(error instanceof Stale)) throw error
      if (error.current === null) return
      const text = describeChange(error.current as StaleValue)
      if (!(await isConfirmed(text, t('changes.deleteAnyway')))) return
      tag = error.tag
    }
  }
}

export const createDeletion = () =>
  part<KvState & KvLoading>()({
    async remove(entry: KvEntry) {
      const restoreFocus = holdPlace()
      const text = t('data.deleteText', { key: entry.key })
      if (!(await isConfirmed(text, t('common.delete')))) return
      try {
        await deleteAsSeen(this.functionId, entry)
        await this.load()
        await this.$nextTick()
        restoreFocus()
      } catch (error) {
        fail(error)
      }
    }
  })
