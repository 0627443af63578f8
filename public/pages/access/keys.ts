/** The keys of a function: made, shown once, listed and ended. */
import { part } from '../../alpine.js'
import { Failure } from '../../api/failure.js'
import { createAccessKey, deleteAccessKey, listAccessKeys } from '../../api/functions.js'
import type { AccessKey } from '../../api/types.js'
import { expiries, expiryOf } from '../../format/expiry.js'
import { format } from '../../format/values.js'
import { t } from '../../i18n/locale.js'
import { ask } from '../../shell/dialogs.js'
import { holdPlace } from '../../shell/focus.js'
import { loadInto, withBusy } from '../../shell/loading.js'
import { describeError, fail, succeed } from '../../shell/toasts.js'
import { current } from '../function.js'
import { noNewKey, type CallersState } from './callers-state.js'

export const createKeyActions = () => ({ ...createKeyList(), ...createKeyChanges() })

const createKeyList = () =>
  part<CallersState>()({
    expiries,

    load(): Promise<void> {
      return loadInto(
        this,
        () => listAccessKeys(current.fn.id),
        keys => {
          this.keys = keys
        }
      )
    },

    isExpired: ({ expires_at: at = Infinity }: AccessKey) => at * 1000 <= Date.now(),
    keyFacts({ created_at: made, expires_at: at, last_used_at: used }: AccessKey) {
      return [
        t('keys.made', { when: format.relative(made) }),
        used === undefined ? t('keys.unused') : t('keys.used', { when: format.relative(used) }),
        at === undefined ? t('keys.forever') : t('keys.until', { when: format.dateTime(at) })
      ].join(' · ')
    }
  })
type KeyList = ReturnType<typeof createKeyList>

const createKeyChanges = () =>
  part<CallersState & KeyList>()({
    async makeKey() {
      const expiresAt = expiryOf(this.newKey)
      const work = async (): Promise<void> => {
        const { id, key } = await createAccessKey(current.fn.id, {
          name: this.newKey.name.trim(),
          ...(expiresAt === undefined ? {} : { expires_at: expiresAt })
        })
        Object.assign(this, { made: key, madeId: id })
        this.newKey = noNewKey()
        await Promise.all([this.load(), current.refresh()])
      }
      this.newKey.error = ''
      await withBusy(this, work, error => {
        const isDate = error instanceof Failure && error.said.startsWith('expires_at')
        this.newKey.error = describeError(error).text
        this.newKey.wrong = isDate ? 'date' : 'name'
      })
      this.$nextTick(() => {
        const { made, newKeyName, newKeyDate } = this.$refs
        if (this.newKey.error === '') made?.focus()
        else (this.newKey.wrong === 'date' ? newKeyDate : newKeyName)?.focus()
      })
    },

    async endKey({ id, name }: AccessKey) {
      const keepPlace = holdPlace()
      const answer = await ask({
        title: t('keys.endTitle', { name }),
        text: t('keys.endText'),
        confirm: t('keys.end'),
        danger: true
      })
      if (answer !== 'confirm') return
      const work = async (): Promise<void> => {
        await deleteAccessKey(current.fn.id, id)
        this.keys = this.keys.filter(key => key.id !== id)
        if (id === this.madeId) this.made = ''
        succeed(t('keys.ended', { name }))
        await current.refresh()
      }
      await withBusy(this, work, fail)
      await this.$nextTick()
      keepPlace()
    }
  })
