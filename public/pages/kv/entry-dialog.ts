/** The dialog in which an entry is added or changed. A value that somebody else stored meanwhile is shown beside it. */
import { part } from '../../alpine.js'
import { isRefused, Stale } from '../../api/failure.js'
import { encodeKey, readValue, writeValue } from '../../api/kv.js'
import type { KvEntry, StaleValue } from '../../api/types.js'
import { decodeText } from '../../format/body.js'
import { t } from '../../i18n/locale.js'
import { openFormDialog } from '../../shell/form-dialog.js'
import { withBusy } from '../../shell/loading.js'
import { fail, succeed } from '../../shell/toasts.js'
import type { KvLoading } from './loading.js'
import { noClash, noEntry, type KvState } from './state.js'
import { firstView, fromTyped, toBytes, toTyped, type ValueView } from './value.js'

const isBinary = (bytes: Uint8Array): boolean => decodeText(bytes) === undefined
const toMessage = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

const createOpening = () =>
  part<KvState>()({
    add() {
      this.dialogRequests.start()
      this.open = { ...noEntry, key: this.prefix }
      openFormDialog(this.dialog())
    },

    async edit(entry: KvEntry) {
      const isCurrent = this.dialogRequests.start()
      try {
        const encoded = encodeKey(entry)
        const { bytes, tag } = await readValue(this.functionId, encoded)
        if (!isCurrent()) return
        const view = firstView(bytes)
        const [text, binary] = [toTyped(bytes, view), isBinary(bytes)]
        const expires = entry.expires_at ?? 0
        this.open = {
          ...noEntry,
          fresh: false,
          encoded,
          key: entry.key,
          view,
          text,
          binary,
          expires,
          tag
        }
        openFormDialog(this.dialog())
      } catch (error) {
        fail(error)
      }
    },

    onRow(event: MouseEvent, entry: KvEntry) {
      if (event.target instanceof Element && !event.target.closest('button')) this.edit(entry)
    },

    /** Shows what is typed in another way; what is typed wrongly has to be put right first. */
    show(view: ValueView) {
      try {
        const bytes = fromTyped(this.open.text, this.open.view)
        const text = toTyped(bytes, view)
        this.open = { ...this.open, view, text, binary: isBinary(bytes), error: '' }
      } catch (error) {
        this.open.error = toMessage(error)
      }
    },

    close() {
      this.dialog()?.close()
    },
    dialog() {
      return this.$refs['dialog'] as HTMLDialogElement | undefined
    }
  })

type Opening = ReturnType<typeof createOpening>

const createClash = () =>
  part<KvState>()({
    /** Shows what is stored now beside what is typed; saving again replaces exactly that. */
    meet({ current: now, tag }: Stale) {
      this.open.tag = tag
      if (now === null) {
        this.open.clash = { ...noClash, how: 'gone' }
        return
      }
      const value = now as StaleValue
      const bytes = toBytes(value)
      const view = firstView(bytes)
      const how = this.open.fresh ? 'taken' : 'changed'
      this.open.clash = { how, view, text: toTyped(bytes, view), expires: value.expires_at ?? 0 }
    },

    clashText() {
      const { how } = this.open.clash
      if (how === 'changed') return t('changes.dataText')
      if (how === 'taken') return t('changes.dataTaken')
      return how === 'gone' ? t('changes.dataGone') : ''
    },

    takeTheirs() {
      const { text, view, expires } = this.open.clash
      this.open = { ...this.open, text, view, expires, clash: noClash, error: '' }
    },

    /** Another key is another entry. */
    onKeyTyped() {
      if (this.open.fresh) this.open = { ...this.open, tag: '', sent: undefined, clash: noClash }
    }
  })

type Clash = ReturnType<typeof createClash>

const createSaving = () =>
  part<KvState & KvLoading & Opening & Clash>()({
    save() {
      const work = async (): Promise<void> => {
        if (!(await this.write())) return
        this.close()
        succeed(t('data.saved', { key: this.open.key }))
        await this.load()
      }
      return withBusy(this, work, error => {
        this.open.error = toMessage(error)
      })
    },

    /** False: something else is stored by now, which the dialog shows. */
    async write(): Promise<boolean> {
      const { fresh, key, text, view, tag } = this.open
      const bytes = fromTyped(text, view)
      const encoded = fresh ? encodeKey({ key }) : this.open.encoded
      const condition = tag === '' ? { ifNew: true } : { ifMatch: tag }
      try {
        await writeValue(this.functionId, encoded, bytes, this.timeToLive(), condition)
        return true
      } catch (error) {
        if (!isRefused(error)) this.open.sent = bytes
        if (!(error instanceof Stale)) throw error
        if (this.isOwn(error)) return await this.write()
        this.meet(error)
        return false
      }
    },

    /** What is stored there is what this dialog sent before, although no answer said so. */
    isOwn({ current: now, tag }: Stale): boolean {
      const { sent } = this.open
      if (sent === undefined || now === null) return false
      if (toTyped(toBytes(now as StaleValue), 'hex') !== toTyped(sent, 'hex')) return false
      Object.assign(this.open, { tag, sent: undefined })
      return true
    },

    /** An entry keeps its end when only its value is changed. */
    timeToLive() {
      const { ttl, expires } = this.open
      if (Number(ttl) > 0) return Number(ttl)
      return expires > 0 ? Math.max(1, Math.round(expires - Date.now() / 1000)) : undefined
    }
  })

export const createEntryDialog = () => ({
  ...createOpening(),
  ...createClash(),
  ...createSaving()
})
